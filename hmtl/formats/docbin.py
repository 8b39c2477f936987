"""The arrays of spaCy's DocBin, checked before anything is made of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from spacy.attrs import IDS
from spacy.strings import get_string_id
from srsly import msgpack

from hmtl.formats.files import TextFile

LabelledSpan = tuple[int, int, str]
INSIDE, BEGIN = 1, 3  # values of ENT_IOB; 2 is outside, 0 not annotated
SPAN = struct.Struct(
    ">QQQllll"
)  # id, knowledge base id, label, start, end (exclusive), start and end character


@dataclass
class PackedDoc:
    """One document: its words, whether a space follows each, by name `(words,)` arrays of attributes with
    labels as strings, and groups of spans, ends exclusive."""

    words: list[str]
    spaces: list[bool]
    attributes: dict[str, list[int]]
    labels: list[str]
    groups: dict[str, list[LabelledSpan]]

    def entities(self) -> list[LabelledSpan] | None:
        """The entities; None where no word says whether it is in one."""
        found: list[LabelledSpan] = []
        kinds = self.attributes.get("ENT_IOB", [])
        for i, (kind, label) in enumerate(zip(kinds, self.labels, strict=False)):
            # a beginning without a type only says that no entity may be put there
            if kind == BEGIN and label:
                found.append((i, i + 1, label))
            elif kind == INSIDE and found and found[-1][1] == i:
                found[-1] = (found[-1][0], i + 1, found[-1][2])
        return found if any(kinds) else None

    def sentence_starts(self) -> list[int] | None:
        """The words that begin sentences; None where no word says whether it does."""
        marks = self.attributes.get("SENT_START", [])
        # spaCy always marks the first
        return [i for i, mark in enumerate(marks) if mark == 1] if any(marks[1:]) else None


class PackedDocs:
    """The documents of a file. Nothing in it is run, unpickled or believed: user data are not read.

    Raises `FormatError` where the file is no DocBin, unpacks to more than `max_bytes`, or contradicts itself.
    """

    def __init__(self, data: bytes, file: TextFile, max_bytes: int) -> None:
        self.file = file
        message = self._unpacked(self._inflated(data, max_bytes), dict)
        self.names = self._attributes(message)
        strings = self._list(message, "strings", str)
        self.strings = {get_string_id(string): string for string in strings} | {0: ""}
        self.lengths = self._array(message, "lengths", "<i4").tolist()
        self.tokens = self._array(message, "tokens", "<u8")
        self.spaces = self._array(message, "spaces", "?")
        total = sum(self.lengths)
        if min(self.lengths, default=0) < 0 or self.tokens.size != total * len(self.names):
            self.fail("has attributes of other words than its documents have")
        # (words of all documents, attributes)
        self.tokens = self.tokens.reshape(total, len(self.names))
        if self.spaces.size != total:
            self.fail("has spaces of other words than its documents have")
        self.groups = message.get("span_groups") or [b""] * len(self.lengths)
        self.flags = message.get("flags") or [{}] * len(self.lengths)
        for key, values, kind in (("span_groups", self.groups, bytes), ("flags", self.flags, dict)):
            if type(values) is not list or len(values) != len(self.lengths) or {*map(type, values)} - {kind}:
                self.fail(f"has {key} of other documents")

    def __iter__(self) -> Iterator[PackedDoc]:
        start = 0
        for length, packed, flags in zip(self.lengths, self.groups, self.flags, strict=True):
            here = slice(start, start + length)
            attributes = dict(zip(self.names, self.tokens[here].T.tolist(), strict=True))
            spaces = [True] * length if flags.get("has_unknown_spaces") else self.spaces[here].tolist()
            words, labels = (
                [self.string(number) for number in attributes.get(name, [])] for name in ("ORTH", "ENT_TYPE")
            )
            yield PackedDoc(words, spaces, attributes, labels, dict(self._spans(packed, length)))
            start += length

    def string(self, number: int) -> str:
        """The string of a hash. Raises `FormatError` where the file does not give it."""
        if number not in self.strings:
            self.fail(f"has no string for the hash {number}")
        return self.strings[number]

    def fail(self, cause: str) -> NoReturn:
        self.file.fail(1, cause, "make the file anew, with DocBin.to_disk")

    def _inflated(self, data: bytes, max_bytes: int) -> bytes:
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(data, max_bytes + 1)
        except zlib.error as error:
            self.fail(f"is no DocBin ({error})")
        if len(content) > max_bytes:
            cause = f"unpacks to more than {max_bytes >> 20} MB"
            self.file.fail(1, cause, "raise max_megabytes if you trust it")
        return content if stream.eof else self.fail("is cut off")

    def _unpacked(self, data: bytes, *kinds: type) -> Any:
        try:
            # the hook of its own keeps srsly's decoders of arrays out
            content = msgpack.unpackb(data, raw=False, object_pairs_hook=dict)
        except Exception as error:  # msgpack has no one base for its errors, and keys may be unhashable
            self.fail(f"is no msgpack ({type(error).__name__})")
        return content if type(content) in kinds else self.fail("is no DocBin")

    def _list(self, message: dict[Any, Any], key: str, kind: type) -> list[Any]:
        values = message.get(key)
        if type(values) is not list or {*map(type, values)} - {kind}:
            self.fail(f"has no '{key}' of a DocBin")
        return values

    def _attributes(self, message: dict[Any, Any]) -> list[str]:
        names = {number: name for name, number in IDS.items()}
        numbers = self._list(message, "attrs", int)
        if IDS["ORTH"] not in numbers or len({*numbers}) < len(numbers) or {*numbers} - names.keys():
            self.fail("has unknown attributes, one twice, or no words")
        return [names[number] for number in numbers]

    def _array(self, message: dict[Any, Any], key: str, kind: str) -> np.ndarray:
        data = message.get(key)
        if type(data) is not bytes or len(data) % np.dtype(kind).itemsize:
            self.fail(f"has no '{key}' of a DocBin")
        return np.frombuffer(data, dtype=kind)

    def _spans(self, packed: bytes, length: int) -> Iterator[tuple[str, list[LabelledSpan]]]:
        """The named groups of spans of a document."""
        content = self._unpacked(packed, dict, list) if packed else []
        # old files list the groups, each by its own name
        pairs = content.items() if type(content) is dict else [(group, None) for group in content]
        for group, names in pairs:
            if type(group) is not bytes:
                self.fail("has a group of spans that is none")
            message = self._unpacked(group, dict)
            spans = [self._span(data, length) for data in self._list(message, "spans", bytes)]
            for name in [message.get("name")] if names is None else self._list({"keys": names}, "keys", str):
                yield str(name), spans

    def _span(self, data: bytes, length: int) -> LabelledSpan:
        if len(data) != SPAN.size:
            self.fail("has a span of another size")
        _, _, label, start, end, _, _ = SPAN.unpack(data)
        if not 0 <= start < end <= length:
            self.fail(f"has a span ({start}, {end}) outside of the {length} words")
        return start, end, self.string(label)
