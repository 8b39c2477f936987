"""Vectors of sentences on the disk, by what the sentences are."""

import errno
import logging
import os
import uuid
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

logger = logging.getLogger(__name__)

KEY = 16
"""Bytes of a sentence's key."""
ENTRY = np.dtype([("key", f"V{KEY}"), ("start", "<u8"), ("words", "<u4"), ("crc", "<u4")])
"""Where the vectors of a sentence begin, of how many words they are, and their check sum."""
VECTORS, INDEX = ".vectors", ".index"


class Place(NamedTuple):
    """Where the vectors of a sentence lie."""

    file: BinaryIO
    start: int
    words: int
    crc: int


class VectorStore:
    """Matrices of numbers by key. What is added is on the disk, for this process and for later ones.

    Each process that adds writes two files of its own, so that none waits for another: the vectors, and after
    them an index entry. What a killed process left half-written has no entry. Memory: some 200 bytes for each
    sentence; vectors are read when they are asked for, and are in memory no longer than that.

    # Parameters

    folder : made if it is not there. Where it cannot be written the store says so once, and adds nothing.
    width : of a vector. dtype : of its numbers.
    """

    def __init__(self, folder: Path, width: int, dtype: np.dtype) -> None:
        self.folder, self.width, self.dtype = folder, width, np.dtype(dtype)
        self._places: dict[bytes, Place] = {}
        self._own: tuple[BinaryIO, BinaryIO] | None = None
        self._writable = True
        self._damaged: set[str] = set()
        for index in sorted(folder.glob(f"*{INDEX}")):
            self._read_index(index)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, key: bytes) -> np.ndarray | None:
        """`(words, width)`, or None where it is not known, or is no longer what was written."""
        if (place := self._places.get(key)) is None:
            return None
        data = os.pread(place.file.fileno(), place.words * self._row, place.start)
        if len(data) != place.words * self._row or zlib.crc32(data) != place.crc:
            if place.file.name not in self._damaged:
                self._damaged.add(place.file.name)
                logger.warning("%s: is damaged; what is missing is computed anew", place.file.name)
            del self._places[key]
            return None
        return np.frombuffer(data, self.dtype).reshape(place.words, self.width)

    def add(self, key: bytes, vectors: np.ndarray) -> None:
        """Keeps `(words, width)`."""
        if key in self._places or not self._writable:
            return
        data = np.ascontiguousarray(vectors, self.dtype).tobytes()
        try:
            file, index = self._own = self._own or self._created()
            place = Place(file, file.seek(0, os.SEEK_END), len(vectors), zlib.crc32(data))
            # an entry comes after its vectors
            _write(file, data)
            _write(index, np.array([(key, *place[1:])], ENTRY).tobytes())
        except OSError as error:
            self._writable = False
            logger.warning(
                "%s: cannot be written (%s); vectors that are not there yet are computed every time",
                self.folder, error.strerror or error,
            )  # fmt: skip
            return
        self._places[key] = place

    @property
    def _row(self) -> int:
        return self.width * self.dtype.itemsize

    def _created(self) -> tuple[BinaryIO, BinaryIO]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{uuid.uuid4().hex}{VECTORS}"
        # without buffers: what is written can be read at once
        return path.open("xb+", 0), path.with_suffix(INDEX).open("xb", 0)

    def _read_index(self, index: Path) -> None:
        """The entries whose vectors are there; of a last one that was cut off nothing."""
        try:
            data = index.read_bytes()
            file = index.with_suffix(VECTORS).open("rb")
        except OSError as error:
            logger.warning("%s: cannot be read (%s); it is passed over", index, error.strerror or error)
            return
        size = os.fstat(file.fileno()).st_size
        entries = np.frombuffer(data[: len(data) // ENTRY.itemsize * ENTRY.itemsize], ENTRY)
        for key, start, words, crc in entries.tolist():
            if start + words * self._row <= size:
                self._places[key] = Place(file, start, words, crc)


def _write(file: BinaryIO, data: bytes) -> None:
    """A file without a buffer says how much it took where the disk is full."""
    if file.write(data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
