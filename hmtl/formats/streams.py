"""Bytes and lines of files that may hold anything."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from allennlp.common.checks import ConfigurationError

CHUNK = 1 << 20
LONGEST_LINE = 1 << 26
GZIP_MAGIC = b"\x1f\x8b"


class FormatError(ConfigurationError):
    """Input that is not what its format promises. The message is one line: `file:line: cause; mend`."""


@contextmanager
def open_binary(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed where they begin as gzip does."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise FormatError(f"{path}: {error.strerror}; make the file readable") from error
    with raw:
        is_compressed = raw.peek(2)[:2] == GZIP_MAGIC
        if is_compressed:
            with gzip.open(raw) as stream:
                yield stream  # type: ignore[misc]
        else:
            yield raw


class Capped:
    """A stream that raises `FormatError` beyond `max_bytes` (a decompression bomb) and where its gzip data
    are damaged."""

    def __init__(self, stream: IO[bytes], name: str, max_bytes: int) -> None:
        self.stream, self.name, self.max_bytes, self.size = stream, name, max_bytes, 0

    def read(self, size: int = CHUNK) -> bytes:
        try:
            data = self.stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            cause = f"cannot be unpacked ({error}); the file is damaged, fetch it again"
            raise FormatError(f"{self.name}: {cause}") from error
        self.size += len(data)
        if self.size > self.max_bytes:
            cause = f"unpacks to more than {self.max_bytes >> 20} MB; raise max_megabytes if you trust it"
            raise FormatError(f"{self.name}: {cause}")
        return data


def whole(path: Path, max_bytes: int) -> bytes:
    """All bytes of a file, decompressed. Raises `FormatError` beyond `max_bytes`."""
    with open_binary(path) as stream:
        return b"".join(iter(Capped(stream, str(path), max_bytes).read, b""))


def numbered_lines(stream: IO[bytes], name: str, max_bytes: int) -> Iterator[tuple[int, str]]:
    """Lines of UTF-8 text, with or without byte order mark, ended by LF or CRLF. Raises `FormatError` with
    the line."""
    capped, number, rest = Capped(stream, name, max_bytes), 0, b""
    while chunk := capped.read():
        complete, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            for line in _plain(decode(complete + newline, name, number), number).split("\n")[:-1]:
                number += 1
                yield number, line
        if len(rest) > LONGEST_LINE:
            raise FormatError(
                f"{name}:{number + 1}: is a line of over {LONGEST_LINE >> 20} MB; this is no text file"
            )
    if rest:
        yield number + 1, _plain(decode(rest, name, number), number).removesuffix("\r")


@dataclass(frozen=True)
class Lines:
    """`numbered_lines` of what `open` opens, anew each time that they are gone through."""

    open: Callable[[], AbstractContextManager[IO[bytes]]]
    name: str
    max_bytes: int

    def __iter__(self) -> Iterator[tuple[int, str]]:
        with self.open() as stream:
            yield from numbered_lines(stream, self.name, self.max_bytes)


def _plain(text: str, lines_before: int) -> str:
    text = text.replace("\r\n", "\n")
    return text.removeprefix("\ufeff") if lines_before == 0 else text


def decode(data: bytes, name: str, lines_before: int = 0) -> str:
    """The text of UTF-8, every character kept. Raises `FormatError` with the line of what is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = lines_before + data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise FormatError(
            f"{name}:{line}: is not UTF-8 (byte 0x{byte:02x}); convert the file to UTF-8"
        ) from error
