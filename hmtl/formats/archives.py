"""Text files inside a tar archive, read without unpacking it to disk."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from hmtl.formats.files import TextFile
from hmtl.formats.streams import Capped, FormatError, Lines, open_binary

ARCHIVES = (".tar.gz", ".tgz", ".tar")


def is_archive(path: Path) -> bool:
    """Whether the name is that of an archive."""
    return path.is_file() and path.name.endswith(ARCHIVES)


def archived_files(path: Path, suffixes: tuple[str, ...], max_bytes: int) -> list[TextFile]:
    """The members that end in one of the suffixes, in the order of their names. Nothing is written to disk.

    Raises `FormatError` where there is none, where a member is a link or a device or has a name that leaves
    the archive, and where all unpack to more than `max_bytes`.
    """
    with open_binary(path) as stream:
        contents = dict(_members(path, Capped(stream, str(path), max_bytes), suffixes))
    if not contents:
        raise FormatError(
            f"{path}: holds no file that ends in {', '.join(suffixes)}; name another archive or format"
        )
    files = []
    for name, content in sorted(contents.items()):
        place = f"{path}/{name}"
        lines = Lines(partial(BytesIO, content), place, max_bytes)
        files.append(TextFile(place, name.rsplit(".", 1)[0], lines))
    return files


def _members(path: Path, stream: Capped, suffixes: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts or not (member.isreg() or member.isdir()):
                    raise FormatError(
                        f"{path}: member '{name}' is no plain file inside the archive; do not use it"
                    )
                if member.isreg() and name.name.endswith(suffixes):
                    content = archive.extractfile(member)
                    yield str(name), content.read() if content else b""
    except (tarfile.TarError, UnicodeError, ValueError) as error:
        raise FormatError(
            f"{path}: is no tar archive ({error}); the file is damaged, fetch it again"
        ) from error
