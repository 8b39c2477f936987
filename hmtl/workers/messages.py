"""What goes between a process and its workers."""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        # as bytes of the message: shared memory would outlive a process that is killed
        if isinstance(value, torch.Tensor):
            return torch.from_numpy, (value.numpy(),)
        return NotImplemented


def pack(value: Any) -> bytes:
    """The value as bytes; tensors must be on the CPU. Raises what pickling raises."""
    stream = io.BytesIO()
    _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(value)
    return stream.getvalue()


def unpack(message: bytes) -> Any:
    """What `pack` was given."""
    # over a connection that nobody else has, from a process that this one has started or was started by
    return pickle.loads(message)  # noqa: S301
