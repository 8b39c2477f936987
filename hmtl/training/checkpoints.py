"""Files of a run that must never be seen half-written, and the states that it can go on from."""

import logging
import re
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError
from allennlp.common.safe_load import safe_load

from hmtl.archive import BEST
from hmtl.files import replacing

logger = logging.getLogger(__name__)

__all__ = ["BEST", "CheckpointOptions", "Checkpoints", "best_of", "load", "save"]

FOLDER = "checkpoints"
NAME = re.compile(r"epoch_(\d+)_step_(\d+)\.th")


def best_of(task: str) -> str:
    """File name of the weights of a task's best epoch."""
    return f"best_{task}.th"


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


@dataclass
class CheckpointOptions(FromParams):
    """When a run's state is saved, beside the end of every epoch.

    # Parameters

    every_steps : after so many steps. every_minutes : when so many minutes have passed since the last one.
    keep : so many of the newest are kept; more than one, so that a damaged one costs no more than the way
        from the one before.
    """

    every_steps: int | None = None
    every_minutes: float | None = 10.0
    keep: int = 2

    def __post_init__(self) -> None:
        for key in ("every_steps", "every_minutes", "keep"):
            if (value := getattr(self, key)) is not None and not value > 0:
                raise ConfigurationError(f"trainer.checkpoints.{key} is {value}; give more than 0")


class Checkpoints:
    """The states in a run's folder `checkpoints`, named by the epochs and steps that are done."""

    def __init__(self, directory: Path, options: CheckpointOptions) -> None:
        self.folder = directory / FOLDER
        self.options = options
        self._saved_at = time.monotonic()

    def due(self, step: int) -> bool:
        """Whether to save within an epoch, after so many steps of the run."""
        steps, minutes = self.options.every_steps, self.options.every_minutes
        is_late = minutes is not None and time.monotonic() - self._saved_at >= 60 * minutes
        return is_late or (steps is not None and step % steps == 0)

    def save(self, state: dict[str, Any], epoch: int, step: int) -> None:
        """Adds a state, then removes the oldest beyond those to keep."""
        self.folder.mkdir(exist_ok=True)
        save(state, self.folder / f"epoch_{epoch:05}_step_{step:09}.th")
        self._saved_at = time.monotonic()
        for path in self.newest_first()[self.options.keep :]:
            path.unlink()

    def newest_first(self) -> list[Path]:
        """The files, of the furthest state first."""
        found = (path for path in self.folder.glob("*.th") if NAME.fullmatch(path.name))
        return sorted(found, key=_progress, reverse=True)

    def load(self) -> tuple[Any, Path] | None:
        """The newest state that is whole, and its file; None where nothing was saved. A damaged one is set
        aside as `.damaged`, which is said. Raises `ConfigurationError` where none is whole."""
        for leftover in self.folder.glob("*.part"):
            leftover.unlink()
        paths = self.newest_first()
        for path in paths:
            try:
                _check_sums(path)
                return load(path), path
            except ConfigurationError as error:
                path.rename(path.with_name(path.name + ".damaged"))
                logger.warning("%s; going back to the checkpoint before it", str(error).split(";")[0])
        if paths:
            raise ConfigurationError(
                f"{self.folder}: none of its {len(paths)} checkpoints is whole; train anew with --force"
            )
        return None


def _progress(path: Path) -> tuple[int, int]:
    epoch, step = NAME.fullmatch(path.name).groups()
    return int(epoch), int(step)


def _check_sums(path: Path) -> None:
    """Reads the checksums of a zip file, which torch does not. Raises `ConfigurationError` where one is
    wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        raise ConfigurationError(f"{path} is damaged ({error})") from error
    if damaged is not None:
        raise ConfigurationError(f"{path} is damaged (at {damaged})")
