"""Keys, names and values of a config."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.checking.experiment import SPLITS, Experiment
from hmtl.checking.finding import Finding, error
from hmtl.checking.rule import rule
from hmtl.paths import DATA_ROOT, resolve

A_FILE = re.compile(r"(.*_)?(file|path|archive|directory|folder|corpus)|start_from")
"""Arguments that name something on disk."""
ELSEWHERE = re.compile(r"\(|\w+://")


@rule("config")
def config_keys(experiment: Experiment) -> Iterator[Finding]:
    """Keys that nothing reads, names that nothing has, values of the wrong kind, keys that are missing."""
    for slip in experiment.slips:
        yield error(slip.cause, slip.mend, slip.key)


@rule("config")
def readers(experiment: Experiment) -> Iterator[Finding]:
    """Readers and formats that cannot be built."""
    experiment.tasks  # noqa: B018 - builds them, and notes what is wrong
    for slip in dict.fromkeys(experiment.faults):
        yield error(slip.cause, slip.mend, slip.key)


@rule("config")
def missing_files(experiment: Experiment) -> Iterator[Finding]:
    """Files and folders that are not there, and `$HMTL_DATA` where it is needed and not set."""
    for key, path in _paths(experiment):
        try:
            place = Path(resolve(path))
        except ConfigurationError:
            cause = f"the environment variable {DATA_ROOT} is not set"
            yield error(cause, f"export {DATA_ROOT}=… , the folder that holds the corpora", key)
            continue
        if not place.exists():
            yield _missing(key, path, place)


def _missing(key: str, path: str, place: Path) -> Finding:
    folders = path.split("/")
    if folders[0] != f"${DATA_ROOT}":
        mend = f"correct it; a relative path starts in the current folder, {Path.cwd()}"
        return error(f"{path}: no such file or folder", mend, key)
    corpus = Path(os.environ[DATA_ROOT], folders[1]) if len(folders) > 1 else Path(os.environ[DATA_ROOT])
    if not corpus.exists():
        mend = "lay it there (the owner of licensed data must), or drop what needs it"
        return error(f"there is no {corpus.name} in ${DATA_ROOT}", mend, f"{key} ({path})")
    return error(f"{path}: no such file or folder", "correct the path, or complete the corpus", key)


def _paths(experiment: Experiment) -> Iterator[tuple[str, str]]:
    for task in experiment.names:
        for split in SPLITS:
            if place := experiment.path(task, split):
                yield place
    for node in experiment.nodes.values():
        if node.key:  # the data, which belong to the config itself, are above
            for name, value in node.given.items():
                if isinstance(value, str) and A_FILE.fullmatch(name) and not ELSEWHERE.match(value):
                    yield f"{node.key}.{name}", value
