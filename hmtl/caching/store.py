"""Documents in a file, with an index that says where each begins."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from allennlp.common.checks import ConfigurationError

from hmtl.caching.records import pack, unpack
from hmtl.documents import Document, DocumentError
from hmtl.formats.streams import CHUNK

DOCUMENTS, INDEX = "documents.jsonl", "index.bin"
ENTRY = np.dtype(
    [("start", "<u8"), ("size", "<u4"), ("crc", "<u4"), ("sentences", "<u4"), ("longest", "<u4")]
)
"""Where a document's line begins, how many bytes it has, their check sum, and the document's shape."""
BUFFERED = 4096


class Damaged(ConfigurationError):
    """A store that is not what was written, or is not there."""


class Writer:
    """Writes documents one after another into a folder: in a `with` block, after which all are on the disk.
    Raises `ConfigurationError` where there is no room.

    `count` documents make `size` bytes; `check` is the check sum of their index.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.count, self.size, self.check = folder, 0, 0, 0
        self._waiting: list[tuple[int, int, int, int, int]] = []
        with writable(folder):
            self._documents = (folder / DOCUMENTS).open("wb", buffering=1 << 20)
            self._index = (folder / INDEX).open("wb")

    def write(self, document: Document) -> None:
        line = pack(document)
        longest = max(end - start + 1 for start, end in document.sentences)
        entry = (self.size, len(line), zlib.crc32(line), len(document.sentences), longest)
        self._waiting.append(entry)
        with writable(self.folder):
            self._documents.write(line + b"\n")
            self.size, self.count = self.size + len(line) + 1, self.count + 1
            if len(self._waiting) == BUFFERED:
                self._flush()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Brings everything to the disk, unless that has failed already."""
        try:
            if kind is None:
                self._finish()
        finally:
            for file in (self._documents, self._index):
                # what did not fit on the disk would not now
                with suppress(OSError):
                    file.close()

    def _finish(self) -> None:
        with writable(self.folder):
            self._flush()
            for file in (self._documents, self._index):
                file.flush()
                os.fsync(file.fileno())

    def _flush(self) -> None:
        data = np.array(self._waiting, ENTRY).tobytes()
        self.check = zlib.crc32(data, self.check)
        self._index.write(data)
        self._waiting.clear()


class Store:
    """Documents by their numbers. Nothing of them is held in memory: each is read when it is asked for.

    # Parameters

    folder : that `Writer` wrote. count, size, check : what it counted. Raises `Damaged` where the folder
        holds something else.
    """

    def __init__(self, folder: Path, count: int, size: int, check: int) -> None:
        self.folder, self.count = folder, count
        self._counted = count, size, check
        try:
            self._documents, self._index = (folder / DOCUMENTS).open("rb"), (folder / INDEX).open("rb")
        except OSError as error:
            raise Damaged(f"{error.filename} cannot be read ({error.strerror})") from error
        sizes = [os.fstat(file.fileno()).st_size for file in (self._documents, self._index)]
        if sizes != [size, count * ENTRY.itemsize] or self._checked() != check:
            raise Damaged("the files have changed since they were written")

    def __reduce__(self) -> tuple[type[Store], tuple[Path, int, int, int]]:
        # another process opens the files for itself
        return Store, (self.folder, *self._counted)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Document:
        """Raises `ConfigurationError` where the disk gives back something else than was written."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        return self._document(self._entries(number, number + 1)[0])

    def __iter__(self) -> Iterator[Document]:
        for start in range(0, self.count, BUFFERED):
            yield from map(self._document, self._entries(start, start + BUFFERED))

    def shapes(self, start: int, end: int) -> np.ndarray:
        """`(documents, 2)`: sentences, longest sentence."""
        entries = self._entries(start, end)
        return np.stack([entries["sentences"], entries["longest"]], axis=1).astype(np.int64)

    def _document(self, entry: np.void) -> Document:
        line = _read(self._documents, int(entry["size"]), int(entry["start"]))
        try:
            if zlib.crc32(line) != entry["crc"]:
                raise ValueError("its check sum is another")
            return unpack(line)
        except (ValueError, TypeError, DocumentError) as error:
            raise ConfigurationError(
                f"{self.folder / DOCUMENTS}: the document at byte {entry['start']} is damaged ({error}); "
                "remove the folder, it will be written anew"
            ) from error

    def _entries(self, start: int, end: int) -> np.ndarray:
        size = ENTRY.itemsize
        return np.frombuffer(_read(self._index, (end - start) * size, start * size), ENTRY)

    def _checked(self) -> int:
        check = 0
        for start in range(0, self.count * ENTRY.itemsize, CHUNK):
            check = zlib.crc32(_read(self._index, CHUNK, start), check)
        return check


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Raises `ConfigurationError` with one line where the disk is full or forbids it."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be written ({error.strerror or error}); make room, or name another place as "
            "data_loader.cache"
        ) from error


def _read(file: BinaryIO, size: int, start: int) -> bytes:
    # not a mapping: what has been read is no part of the process, and forks share no position
    return os.pread(file.fileno(), size, start)
