"""Files as numbered lines: the one way in which every format finds, reads and writes them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, NoReturn

from allennlp.common.checks import ConfigurationError

from hmtl.files import replacing
from hmtl.formats.streams import FormatError, Lines, open_binary


@dataclass(frozen=True)
class TextFile:
    """Numbered lines (from 1, without their ends), which can be gone through more than once, and what error
    messages and documents call their origin."""

    name: str
    stem: str
    lines: Iterable[tuple[int, str]]

    def at(self, line: int) -> str:
        return f"{self.name}:{line}"

    def release(self) -> None:
        """Nothing is held of the lines that were read so far: they need not count for the limit of memory."""
        if isinstance(self.lines, Lines):
            self.lines.release()

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
    """A file on disk, opened when its lines are asked for, of which so many bytes may be held at once. Its
    stem is its path below `root` without endings."""
    inside = path.name if path == root else path.relative_to(root).as_posix()
    lines = Lines(partial(open_binary, path), str(path), max_bytes)
    return TextFile(str(path), without_gz(inside).rsplit(".", 1)[0], lines)


def write_lines(path: str | Path, lines: Iterable[str]) -> None:
    """Writes UTF-8 with LF, as `written` does."""
    with written(path) as stream:
        for line in lines:
            stream.write(line.encode("utf-8") + b"\n")


@contextmanager
def written(path: str | Path) -> Iterator[IO[bytes]]:
    """A file to write, compressed where the name ends in .gz; a failure leaves what stood there untouched.

    Raises `FormatError` where it cannot be written.
    """
    path = Path(path)
    try:
        with replacing(path) as raw, _compressor(path, raw) as stream:
            yield stream
    except UnicodeEncodeError as error:
        raise FormatError(f"{path}: cannot be written ({error}); mend the text") from error
    except FormatError:
        raise
    except (ConfigurationError, OSError) as error:
        reason = (
            str(error) if isinstance(error, ConfigurationError) else f"{path}: {error}; name another place"
        )
        raise FormatError(reason) from error


@contextmanager
def _compressor(path: Path, raw: BinaryIO) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        # no name and no time in the header: the same documents give the same bytes
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
            yield stream
    else:
        yield raw
