"""The corpora that are known: where each is published, what it holds, and what its files must hash to."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from hmtl.corpora.errors import CorpusError

ENTRIES = Path(__file__).parent / "entries"
LARGEST = 64 << 20
"""What a file whose size nobody has recorded may hold, in bytes."""


@dataclass(frozen=True)
class File:
    """A file below the folder of all corpora.

    # Parameters

    path : where it is put, beginning with the corpus's folder.
    repository : `owner/name@commit` on GitHub.
    source : its path in the repository; of a derived file, the path that it is derived from.
    members : patterns of the files of the repository that are packed into it, a `.tar.gz`.
    recipe : how it is derived from another file of the corpus, a name in `hmtl.corpora.recipes`.
    bytes, sha256 : of what it holds, that is, of a `.gz` unpacked; None where the first fetch records them.
    extra : whether the corpus is whole without it: licences, descriptions, statistics.
    """

    path: str
    repository: str = ""
    source: str = ""
    members: tuple[str, ...] = ()
    recipe: str = ""
    bytes: int | None = None
    sha256: str | None = None
    extra: bool = False

    @property
    def limit(self) -> int:
        """The most bytes that it may hold."""
        return LARGEST if self.bytes is None else self.bytes


@dataclass(frozen=True)
class Corpus:
    """A corpus as its file in `entries/` describes it.

    One without files cannot be fetched: `how` says where to get it and how to read it.
    """

    name: str
    tasks: str
    size: str
    licence: str
    cite: str
    how: str
    files: tuple[File, ...] = ()

    @property
    def folders(self) -> list[str]:
        """The folders that are this corpus's alone: every one of its name."""
        return sorted({self._folder(file) for file in self.files})

    def _folder(self, file: File) -> str:
        parts = PurePosixPath(file.path).parts
        return "/".join(parts[: parts.index(self.name) + 1])


def corpora() -> dict[str, Corpus]:
    """All known corpora by name, those that can be fetched first."""
    known = [_read(path) for path in sorted(ENTRIES.glob("*.toml"))]
    return {corpus.name: corpus for corpus in sorted(known, key=lambda corpus: not corpus.files)}


def find(name: str) -> Corpus:
    """The corpus of this name. Raises `CorpusError` where there is none."""
    known = corpora()
    if name not in known:
        raise CorpusError(f"{name}: no such corpus; choose from {', '.join(known)}")
    return known[name]


def _read(path: Path) -> Corpus:
    entry = tomllib.loads(path.read_text(encoding="utf-8"))
    repositories = entry.pop("repositories", {})
    files = tuple(_file(row, repositories) for row in entry.pop("files", []))
    return Corpus(name=path.stem, files=files, **{key: value.strip() for key, value in entry.items()})


def _file(row: dict[str, Any], repositories: dict[str, str]) -> File:
    repository = repositories[row.pop("from")] if "from" in row else ""
    return File(repository=repository, members=tuple(row.pop("members", ())), **row)
