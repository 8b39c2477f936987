"""Ids of documents whose format gives none, or gives one to several."""

from __future__ import annotations

from collections import Counter

from hmtl.formats.files import TextFile
from hmtl.json_values import JsonValue


class Names:
    """The ids of one file's documents: what a document's key holds (an integer as its digits), otherwise the
    file's name and the document's number. One that returns gets `#2`, `#3` and so on."""

    def __init__(self, file: TextFile) -> None:
        self._stem = file.stem
        self._count = 0
        self._given: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def of(self, key: JsonValue) -> str:
        """The next document's id."""
        self._count += 1
        if key.is_null:
            name = f"{self._stem}.{self._count}"
        else:
            name = str(key.value) if type(key.value) is int else key.string()
        free = name
        while free in self._given:
            self._repeats[name] += 1
            free = f"{name}#{self._repeats[name] + 1}"
        self._given.add(free)
        return free
