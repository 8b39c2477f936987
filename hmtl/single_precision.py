"""Parts of a computation that mixed precision does not reach."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch


def single_precision(device_type: str) -> AbstractContextManager[Any]:
    """No mixed precision within. Where there is none anyway nothing is done: to leave `torch.autocast` takes
    as long as several operations on small tensors."""
    if torch.is_autocast_enabled(device_type):
        return torch.autocast(device_type, enabled=False)
    return nullcontext()
