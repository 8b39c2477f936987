"""Whether a file holds what it must."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import replace
from pathlib import Path

from hmtl.corpora.catalogue import Corpus, File
from hmtl.corpora.errors import CorpusError
from hmtl.files import replacing
from hmtl.formats.streams import CHUNK, open_binary

MISSING, UNRECORDED = "is missing", "has no recorded checksum"
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def digest(path: Path, limit: int) -> str:
    """The SHA-256 of what the file holds, of a compressed one unpacked, since compressors differ.

    Raises `CorpusError` where it unpacks to more than `limit` bytes, and where it is damaged.
    """
    total, size = hashlib.sha256(), 0
    try:
        with open_binary(path) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise CorpusError(f"{path}: holds more than {limit} bytes; do not use it")
                total.update(chunk)
    except (EOFError, zlib.error, OSError) as error:
        raise CorpusError(f"{path}: cannot be unpacked ({error}); fetch it again") from error
    return total.hexdigest()


def fault(file: File, path: Path) -> str | None:
    """What is wrong with the file, None where nothing is."""
    if not path.is_file():
        return MISSING
    if file.sha256 is None:
        return UNRECORDED
    try:
        found = digest(path, file.limit)
    except CorpusError as error:
        return str(error).removeprefix(f"{path}: ").partition(";")[0]
    return None if found == file.sha256 else f"has the checksum {found[:12]}…, not {file.sha256[:12]}…"


def faults(corpus: Corpus, root: Path) -> list[str]:
    """What is wrong with the corpus below `root`, a line for each file; with an extra, only other content."""
    found = {file: fault(file, root / file.path) for file in corpus.files}
    return [
        f"{root / file.path}: {cause}"
        for file, cause in found.items()
        if cause and not (file.extra and cause in (MISSING, UNRECORDED))
    ]


def lock_path(corpus: Corpus, root: Path) -> Path:
    """Where checksums are recorded that the catalogue does not have."""
    return root / f"{corpus.name}.sha256"


def locked(corpus: Corpus, root: Path) -> Corpus:
    """The corpus, with the checksums that an earlier fetch recorded. Raises `CorpusError` at a bad line."""
    path, recorded = lock_path(corpus, root), {}
    if not path.is_file():
        return corpus
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not (match := LINE.fullmatch(line)):
            raise CorpusError(f"{path}:{number}: is no line of checksum and path; remove the file")
        recorded[match[2]] = match[1]
    files = (replace(file, sha256=file.sha256 or recorded.get(file.path)) for file in corpus.files)
    return replace(corpus, files=tuple(files))


def lock(corpus: Corpus, root: Path) -> None:
    """Records the checksums, of what is there, that the catalogue does not have."""
    new = [file for file in corpus.files if file.sha256 is None and (root / file.path).is_file()]
    if new:
        lines = [f"{digest(root / file.path, file.limit)}  {file.path}\n" for file in new]
        with replacing(lock_path(corpus, root)) as stream:
            stream.write("".join(lines).encode())
