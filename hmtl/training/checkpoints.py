"""Files of a run that must never be seen half-written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.safe_load import safe_load

CHECKPOINT = "checkpoint.th"
BEST = "best.th"


def best_of(task: str) -> str:
    """File name of the weights of a task's best epoch."""
    return f"best_{task}.th"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside the target that is flushed to disk and renamed at the end: a reader finds the old file
    or the new one, whole."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def save(state: Any, path: Path) -> None:
    """Tensors and plain values, `replacing` what was there."""
    with replacing(path) as file:
        torch.save(state, file)


def load(path: Path) -> Any:
    """Tensors (in main memory) and plain values only. Raises `ConfigurationError` for a file that is damaged
    or not ours."""
    try:
        return safe_load(path, map_location="cpu")
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error}, put a whole copy in its place, or train anew with --force"
        ) from error
