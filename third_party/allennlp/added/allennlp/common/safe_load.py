"""Reads what `torch.save` wrote without unpickling: tensors, plain containers, numpy scalars as numbers."""

import pickle
import re
from os import PathLike
from typing import Any, BinaryIO

import numpy
import torch
from allennlp.common.checks import ConfigurationError


class _PlainDtype:
    """Stands in for `numpy.dtype` in a file: only plain numbers, and of its state only the byte order."""

    def __init__(self, name: str, *_: Any) -> None:
        self.dtype = numpy.dtype(name)
        if self.dtype.kind not in "biufc":
            raise pickle.UnpicklingError(f"numpy scalar of type {name!r}")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.dtype = self.dtype.newbyteorder("=" if state[1] == "|" else state[1])


def _plain_scalar(dtype: _PlainDtype, data: bytes | str) -> bool | int | float | complex:
    """Stands in for numpy's own function in a file: the number itself. Bytes may come as latin-1 text."""
    raw = data.encode("latin-1") if isinstance(data, str) else data
    (scalar,) = numpy.frombuffer(raw, dtype=dtype.dtype).tolist()
    return scalar


def _latin1(text: str, encoding: str) -> bytes:
    """Stands in for `codecs.encode`, with which protocol 2 writes bytes."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes encoded as {encoding!r}")
    return text.encode("latin-1")


# What AllenNLP's own files name beside tensors. Training states hold metrics, which numpy may have computed;
# numpy 1 and 2 name its function differently.
_ALLOWED = [
    (_PlainDtype, "numpy.dtype"),
    (_plain_scalar, "numpy._core.multiarray.scalar"),
    (_plain_scalar, "numpy.core.multiarray.scalar"),
    (_latin1, "_codecs.encode"),
    str,  # As which `trust.ArchiveString` is written.
]


def safe_load(source: str | PathLike | BinaryIO, map_location: Any = None) -> Any:
    """What `torch.save` wrote to `source`, which may be hostile.

    Raises `ConfigurationError` where the file is damaged or asks for any other Python object.
    """
    try:
        with torch.serialization.safe_globals([_PlainDtype, *_ALLOWED]):
            return torch.load(source, map_location=map_location, weights_only=True)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # A damaged file fails in torch's reader in any way there is.
        if isinstance(error, RuntimeError) and re.search("CUDA|out of memory|device", str(error)):
            raise  # The machine is to blame and not the file.
        name = source if isinstance(source, str | PathLike) else "a stored tensor"
        raise ConfigurationError(f"{name} {_reason(str(error))}") from error


def _reason(text: str) -> str:
    """The culprit, out of torch's paragraphs of advice on how to unpickle it all the same."""
    asked_for = re.search(r"GLOBAL (\S+)|numpy scalar of type \S+", text)
    if asked_for is None:
        return "is damaged, or no file that torch.save wrote with its defaults; save it anew"
    what = asked_for.group(1) or asked_for.group()
    return (
        f"asks for the Python object {what}, and is not unpickled; save it anew with tensors and numbers only"
    )
