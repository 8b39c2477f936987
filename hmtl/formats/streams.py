"""Bytes and lines of files that may hold anything."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NoReturn

from allennlp.common.checks import ConfigurationError

CHUNK = 1 << 20
LONGEST_LINE = 1 << 26
GZIP_MAGIC = b"\x1f\x8b"
TIGHTEST = 100
"""Text of people is packed into no less than a hundredth of its size."""


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
    """A stream that raises `FormatError` where more than `max_bytes` would have to be held at once, at a
    decompression bomb, and where its gzip data are damaged.

    Who holds nothing any more of what it has read says so by `release`; otherwise all counts.
    """

    def __init__(self, stream: IO[bytes], name: str, max_bytes: int) -> None:
        self.stream, self.name, self.max_bytes = stream, name, max_bytes
        self.held, self.size, self._most = 0, 0, None
        if isinstance(stream, gzip.GzipFile):
            self._most = max(max_bytes, TIGHTEST * os.fstat(stream.fileno()).st_size)

    def read(self, size: int = CHUNK) -> bytes:
        try:
            data = self.stream.read(size)
        except (OSError, EOFError, zlib.error) as error:
            cause = f"cannot be unpacked ({error}); the file is damaged, fetch it again"
            raise FormatError(f"{self.name}: {cause}") from error
        self.held, self.size = self.held + len(data), self.size + len(data)
        if self.held > self.max_bytes:
            cause = f"has over {self.max_bytes >> 20} MB that must be in memory at once"
            self._fail(cause, "cut it into documents (conll2003: sentences_per_document)")
        if self._most is not None and self.size > self._most:
            self._fail(f"unpacks to over {TIGHTEST} times its size", "fetch it again")
        return data

    def release(self) -> None:
        """Nothing is held of what was read so far."""
        self.held = 0

    def _fail(self, cause: str, mend: str) -> NoReturn:
        raise FormatError(f"{self.name}: {cause}; {mend}, or raise max_megabytes if you trust it")


def whole(path: Path, max_bytes: int) -> bytes:
    """All bytes of a file, decompressed. Raises `FormatError` beyond `max_bytes`."""
    with open_binary(path) as stream:
        return b"".join(iter(Capped(stream, str(path), max_bytes).read, b""))


def numbered_lines(stream: Capped) -> Iterator[tuple[int, str]]:
    """Lines of UTF-8 text, with or without byte order mark, ended by LF or CRLF. Raises `FormatError` with
    the line."""
    name, number, rest = stream.name, 0, b""
    while chunk := stream.read():
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


class Lines:
    """`numbered_lines` of what `open` opens, anew each time that they are gone through."""

    def __init__(
        self, open: Callable[[], AbstractContextManager[IO[bytes]]], name: str, max_bytes: int
    ) -> None:
        self.open, self.name, self.max_bytes = open, name, max_bytes
        self._begun: Capped | None = None

    def __iter__(self) -> Iterator[tuple[int, str]]:
        with self.open() as stream:
            self._begun = Capped(stream, self.name, self.max_bytes)
            yield from numbered_lines(self._begun)

    def release(self) -> None:
        """No line is held of those that were read so far, the last time that they were gone through."""
        if self._begun is not None:
            self._begun.release()


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
