"""Files of a run that must never be seen half-written."""

import os
from pathlib import Path
from typing import Any

import torch
from allennlp.common.checks import ConfigurationError

CHECKPOINT = "checkpoint.th"
BEST = "best.th"


def best_of(task: str) -> str:
    """File name of the weights of a task's best epoch."""
    return f"best_{task}.th"


def save(state: Any, path: Path) -> None:
    """Writes beside the target, flushes to disk and renames: a reader finds the old file or the new one, whole."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def load(path: Path, device: torch.device) -> Any:
    """Tensors and plain values only. Raises `ConfigurationError` for a file that is damaged or not ours."""
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except Exception as error:
        raise ConfigurationError(
            f"{path}: is damaged or not a checkpoint ({str(error).splitlines()[0]}); "
            "delete it to start from the beginning, or put a whole copy in its place"
        ) from error
