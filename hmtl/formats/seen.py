"""Names that have been met, in a few bytes each."""

from __future__ import annotations

from array import array


class Seen:
    """A set of texts of which only hashes are kept, 16 to 32 bytes for each, since a corpus may have millions
    of documents. Two texts may, very rarely, be taken for one."""

    def __init__(self) -> None:
        self.count = 0
        self._table = array("Q", bytes(8 << 10))

    def add(self, text: str) -> bool:
        """Whether the text may have been met before."""
        if self._put(hash(text) & 0xFFFFFFFFFFFFFFFF or 1):
            return True
        self.count += 1
        if 2 * self.count > len(self._table):
            self._grow()
        return False

    def _put(self, key: int) -> bool:
        """Whether the key was there; 0 is an empty place."""
        table, last = self._table, len(self._table) - 1
        place = key & last
        while (found := table[place]) != key:
            if not found:
                table[place] = key
                return False
            place = place + 1 & last
        return True

    def _grow(self) -> None:
        keys, self._table = self._table, array("Q", bytes(16 * len(self._table)))
        for key in keys:
            if key:
                self._put(key)
