"""Files as numbered lines: the one way in which every format finds, opens, decodes and writes them."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, NoReturn

from allennlp.common.checks import ConfigurationError

CHUNK = 1 << 20
LONGEST_LINE = 1 << 26
GZIP_MAGIC = b"\x1f\x8b"


class FormatError(ConfigurationError):
    """Input that is not what its format promises. The message is one line: `file:line: cause; mend`."""


@dataclass(frozen=True)
class TextFile:
    """Numbered lines (from 1, without their ends) and what error messages and documents call their origin."""

    name: str
    stem: str
    lines: Iterable[tuple[int, str]]

    def at(self, line: int) -> str:
        return f"{self.name}:{line}"

    def fail(self, line: int, cause: str, mend: str) -> NoReturn:
        raise FormatError(f"{self.at(line)}: {cause}; {mend}")


def without_gz(name: str) -> str:
    """The name without the ending that says only how the file is stored."""
    return name.removesuffix(".gz")


def find_files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The file itself, or the files below a directory that end in one of the suffixes, in the order of their
    paths."""
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if without_gz(p.name).endswith(suffixes) and p.is_file())
        if not found:
            endings = ", ".join(suffixes)
            raise FormatError(
                f"{path}: holds no file that ends in {endings} (or with .gz); name a file or another folder"
            )
        return found
    if not path.is_file():
        raise FormatError(
            f"{path}: no such file; a relative path starts in the current directory, {Path.cwd()}"
        )
    return [path]


def text_file(path: Path, root: Path, max_bytes: int) -> TextFile:
    """A file on disk, opened when its lines are asked for. Its stem is its path below `root` without
    endings."""
    inside = path.name if path == root else path.relative_to(root).as_posix()
    return TextFile(str(path), without_gz(inside).rsplit(".", 1)[0], _lines_of(path, max_bytes))


def _lines_of(path: Path, max_bytes: int) -> Iterator[tuple[int, str]]:
    with open_binary(path) as stream:
        yield from numbered_lines(stream, str(path), max_bytes)


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


def numbered_lines(stream: IO[bytes], name: str, max_bytes: int) -> Iterator[tuple[int, str]]:
    """Lines of UTF-8 text, with or without byte order mark, ended by LF or CRLF. Raises `FormatError` with
    the line."""
    capped, number, rest = Capped(stream, name, max_bytes), 0, b""
    while chunk := capped.read():
        complete, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            for line in _decode(complete + newline, name, number).split("\n")[:-1]:
                number += 1
                yield number, line
        if len(rest) > LONGEST_LINE:
            raise FormatError(
                f"{name}:{number + 1}: is a line of over {LONGEST_LINE >> 20} MB; this is no text file"
            )
    if rest:
        yield number + 1, _decode(rest, name, number).removesuffix("\r")


def _decode(data: bytes, name: str, lines_before: int) -> str:
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = lines_before + data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise FormatError(
            f"{name}:{line}: is not UTF-8 (byte 0x{byte:02x}); convert the file to UTF-8"
        ) from error
    return text.removeprefix("\ufeff") if lines_before == 0 else text


def write_lines(path: str | Path, lines: Iterable[str]) -> None:
    """Writes UTF-8 with LF, compressed where the name ends in .gz; a failure leaves what stood there
    untouched."""
    path = Path(path)
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as raw, _compressor(path, raw) as stream:
            for line in lines:
                stream.write(line.encode("utf-8") + b"\n")
        os.replace(partial, path)
    except (OSError, UnicodeEncodeError) as error:
        raise FormatError(f"{path}: cannot be written ({error}); name a place, or mend the text") from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _compressor(path: Path, raw: BinaryIO) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        # no name and no time in the header: the same documents give the same bytes
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
            yield stream
    else:
        yield raw
