"""Which weights of an archive are loaded: the default ones, those of a task's best epoch, or a file's."""

import argparse
import os
from os import PathLike
from pathlib import Path

from allennlp.common.checks import ConfigurationError

_BEFORE, _AFTER = "best_", ".th"


class BestOf(str):
    """A task, given where a file of weights is expected: the weights of its best epoch, from the archive."""


def add_weights_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a command that say which weights of the archive to use; both set `weights_file`."""
    options = parser.add_mutually_exclusive_group(required=False)
    options.add_argument(
        "--weights-file", type=str, help="a file, here or in the archive, with the weights to use"
    )
    options.add_argument(
        "--best",
        dest="weights_file",
        type=BestOf,
        metavar="TASK",
        help="use the weights of this task's best epoch, from the archive",
    )


def find_weights(wanted: str | PathLike, directory: str | PathLike, archive: str | PathLike) -> str:
    """The path of a file of weights: one that exists as it is named, else the one of this name in the
    `directory` to which `archive` was extracted. Of a `BestOf` always the latter.

    Raises `ConfigurationError` for a task without best weights there, `FileNotFoundError` where there is no
    such file.
    """
    # Looked up among what is there and never joined to a path: no name leads out of the directory.
    inside = {path.name: str(path) for path in sorted(Path(directory).glob(f"*{_AFTER}")) if path.is_file()}
    if isinstance(wanted, BestOf):
        return _best_of(wanted, inside, archive)
    if os.path.exists(wanted):
        return str(wanted)
    if str(wanted) not in inside:
        raise FileNotFoundError(
            f"{wanted}: there is no such file with weights, here or in {archive}, which has "
            f"{', '.join(inside) or 'none'}"
        )
    return inside[str(wanted)]


def _best_of(task: str, inside: dict[str, str], archive: str | PathLike) -> str:
    best = {
        name.removeprefix(_BEFORE).removesuffix(_AFTER): path
        for name, path in inside.items()
        if name.startswith(_BEFORE)
    }
    if task not in best:
        has = f"those of {', '.join(best)}" if best else "those of no task"
        raise ConfigurationError(f"--best {task}: {archive} has no best weights of this task; it has {has}")
    return best[task]
