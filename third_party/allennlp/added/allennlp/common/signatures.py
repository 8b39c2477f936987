"""The parameters of a module's `forward`, looked up once for each class."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from torch import nn


def forward_parameters(module: nn.Module) -> dict[str, None]:
    """The names of what the module's `forward` takes, in order, as keys."""
    forward = module.forward
    function = getattr(forward, "__func__", None)
    if function is None:
        # set on the module itself
        return dict.fromkeys(inspect.signature(forward).parameters)
    return dict(_after_self(function))


@lru_cache(maxsize=256)
def _after_self(function: Callable[..., Any]) -> dict[str, None]:
    return dict.fromkeys(list(inspect.signature(function).parameters)[1:])
