"""Which bytes a corpus consists of."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.formats.streams import CHUNK

SETTLED = 2_000_000_000
"""Nanoseconds in which a second change may leave a file's times as they were: file systems' clocks are
coarse."""


@dataclass(frozen=True)
class Stamp:
    """A file when it was `seen` (ns since 1970): the hash of its bytes, and what changes whenever they do."""

    digest: str
    size: int
    modified: int
    changed: int
    inode: int
    seen: int

    @property
    def state(self) -> tuple[int, int, int, int]:
        return self.size, self.modified, self.changed, self.inode

    def holds(self, path: Path) -> bool:
        """Whether the file can only be what it was, without a look inside."""
        return max(self.modified, self.changed) + SETTLED < self.seen and self.state == _state(path)


def input_files(paths: Iterable[Path]) -> list[Path]:
    """The files, and all files below the folders, in order."""
    found = {file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])}
    return sorted(file for file in found if file.is_file())


def stamps(files: Iterable[Path], known: Mapping[str, Stamp]) -> dict[str, Stamp]:
    """The stamps of files by their paths; where a known one holds, that. Raises `ConfigurationError` for a
    file that cannot be read."""
    found: dict[str, Stamp] = {}
    for file in files:
        before = known.get(str(file))
        try:
            found[str(file)] = before if before is not None and before.holds(file) else _stamp(file)
        except OSError as error:
            raise ConfigurationError(
                f"{file}: cannot be read ({error.strerror}), which the cache must to know whether it has "
                "changed; make it readable, or remove it"
            ) from error
    return found


def check_unchanged(found: Mapping[str, Stamp]) -> None:
    """Raises `ConfigurationError` where a file is no longer what it was."""
    for path, stamp in found.items():
        if not os.path.exists(path) or _state(Path(path)) != stamp.state:
            raise ConfigurationError(f"{path}: has changed while it was read; begin again when it is whole")


def _stamp(path: Path) -> Stamp:
    seen, state = time.time_ns(), _state(path)
    digest = hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return Stamp(digest.hexdigest(), *state, seen)


def _state(path: Path) -> tuple[int, int, int, int]:
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
