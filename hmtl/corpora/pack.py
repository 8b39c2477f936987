"""Files of a repository, taken out of its archive and packed again, so that equal files give equal bytes."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from io import BytesIO
from pathlib import Path
from typing import IO

from hmtl.corpora.errors import CorpusError
from hmtl.formats.files import written
from hmtl.formats.streams import Capped, FormatError, open_binary

LARGEST_UNPACKED = 8 << 30


def members(archive: Path, patterns: tuple[str, ...], limit: int) -> dict[str, bytes]:
    """The files of a `.tar.gz` whose names, without the first folder, match; `*` stands for no `/`.

    Nothing is extracted, so that no name, link or device of the archive reaches the disk. Raises
    `CorpusError` where the archive is damaged or unpacks beyond measure, where the files have together more
    than `limit` bytes, where one is no plain file, and where there is none.
    """
    found: dict[str, bytes] = {}
    try:
        with open_binary(archive) as stream:
            for name, content in _matching(Capped(stream, str(archive), LARGEST_UNPACKED), patterns, limit):
                found[name] = content
    except (tarfile.TarError, FormatError, UnicodeError, ValueError, EOFError, zlib.error) as error:
        raise CorpusError(f"{archive}: cannot be unpacked ({error}); run again to fetch it anew") from error
    if not found:
        raise CorpusError(f"{archive}: holds no {', '.join(patterns)}; run again to fetch it anew")
    return found


def _matching(stream: Capped, patterns: tuple[str, ...], limit: int) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for member in archive:
            name = member.name.partition("/")[2]
            if not any(_matches(name, pattern) for pattern in patterns):
                continue
            if not member.isreg():
                raise CorpusError(f"{stream.name}: '{member.name}' is no plain file; do not use it")
            if member.size > limit:
                raise CorpusError(f"{stream.name}: '{member.name}' is larger than it may be; do not use it")
            content: IO[bytes] | None = archive.extractfile(member)
            data = content.read() if content else b""
            limit -= len(data)
            yield name, data


def _matches(name: str, pattern: str) -> bool:
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def pack(files: dict[str, bytes], path: Path) -> None:
    """Writes a `.tar.gz` in the order of the names, without times and owners."""
    with (
        written(path) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
