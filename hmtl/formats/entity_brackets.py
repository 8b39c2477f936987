"""Mentions in the brackets of CorefUD and GUM: `(e1-person-1`, `e1)`, `(e2-place)`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hmtl.documents import Span
from hmtl.formats.conllu_words import Note
from hmtl.formats.files import TextFile

# opening, whether it is closed too, closing, or what is no bracket; possessive, so that a value of any length
# takes one look
PART = re.compile(r"\(([^()]++)(\)?+)|([^()]++)\)|([^()]++|[()])")
PIECE = re.compile(r"(.+)\[(\d+)/(\d+)\]")


class Header(NamedTuple):
    """What `# global.Entity` declares: its line, the number of fields of an opening bracket, which of them a
    closing one repeats (the entity's id or, without ids, the type), and which is the type, if any."""

    line: int
    width: int
    key: int
    type: int | None

    @property
    def has_ids(self) -> bool:
        return self.key != self.type


def read_header(value: str, file: TextFile, line: int) -> Header:
    """The header of fields joined by `-`: the id is `eid` or `GRP`, the type `etype` or `entity`."""
    fields = value.split("-")
    ids = [i for i, name in enumerate(fields) if name in ("eid", "GRP")]
    types = [i for i, name in enumerate(fields) if name in ("etype", "entity")]
    if len(ids) > 1 or len(types) > 1 or not ids + types:
        file.fail(line, f"declares the fields '{value[:60]}'", "name one eid or GRP, one etype, or both")
    return Header(line, len(fields), (ids + types)[0], types[0] if types else None)


class Opened(NamedTuple):
    """An opening bracket: the first word that its mention may hold, its type, and the row."""

    start: int
    label: str
    note: Note


class Mention(NamedTuple):
    """A mention of an entity; "" is an id or a type that the header does not declare."""

    entity: str
    span: Span


class Brackets:
    """The mentions of one document, bracket by bracket. A closing bracket closes the innermost open mention
    of its entity, in whatever sentence.

    What a Document cannot hold raises `FormatError` or, if its kind is in `left_out`, is counted in `tally`:
    `discontinuous` mentions, and `zeros`, which stand at an empty node; one that holds words too is narrowed
    to these.
    """

    def __init__(self, file: TextFile, header: Header, left_out: frozenset[str], tally: Counter[str]) -> None:
        self.file, self.header, self.left_out, self.tally = file, header, left_out, tally
        self.mentions: list[Mention] = []
        self._open: dict[str, list[Opened]] = {}

    def add(self, note: Note) -> None:
        """Takes the brackets of one row."""
        value = note.misc["Entity"]
        if note.is_empty_node and "zeros" not in self.left_out:
            mend = 'read with zeros: "leave_out", which counts them'
            self.file.fail(note.line, "has a mention at an empty node, where there is no word", mend)
        parts = PART.findall(value)
        if not parts or any(other for _, _, _, other in parts):
            cause = f"'{value[:60]}' is no chain of brackets"
            self.file.fail(note.line, cause, "write (id-type, id) or (id-type)")
        for opening, is_single, closing, _ in parts:
            name = closing or self._begin(opening, note)
            if closing or is_single:
                self._end(name, note)

    def _begin(self, content: str, note: Note) -> str:
        """Opens a bracket and gives the name by which it is closed."""
        _, width, key, kind = self.header
        # only the last field may hold a hyphen, such as an article of Wikipedia
        fields = content.split("-", width - 1)
        if len(fields) <= key:
            cause = f"'({content[:60]}' has too few fields"
            self.file.fail(note.line, cause, f"give those of line {self.header.line}")
        name = fields[key]
        if match := "[" in name and PIECE.fullmatch(name):
            if "discontinuous" not in self.left_out:
                mend = 'make it one span, or read with discontinuous: "leave_out", which counts them'
                self.file.fail(note.line, f"has a piece of a discontinuous mention, '{name[:40]}'", mend)
            self.tally["discontinuous mentions left out"] += match[2] == "1"
        label = "" if kind is None or len(fields) <= kind else fields[kind]
        self._open.setdefault(name, []).append(Opened(note.words_before, label, note))
        return name

    def _end(self, name: str, note: Note) -> None:
        opened = self._open.get(name)
        if not opened and "-" in name and self.header.has_ids:
            # GUM 8 closes by type and id
            name = name.split("-")[min(self.header.key, name.count("-"))]
            opened = self._open.get(name)
        if not opened:
            self.file.fail(
                note.line, f"'{name[:40]})' closes a mention that was not opened", "open it before"
            )
        start, label, begin = opened.pop()
        end = note.words_before - note.is_empty_node
        if "[" in name and PIECE.fullmatch(name):
            return
        if start > end:
            self.tally["mentions without words left out"] += 1
            return
        if begin.is_empty_node or note.is_empty_node:
            self.tally["mentions narrowed to their words"] += 1
        self.mentions.append(Mention(name if self.header.has_ids else "", Span(start, end, label)))

    def close(self) -> None:
        """Raises `FormatError` where a bracket is still open."""
        for name, opened in self._open.items():
            if opened:
                self.file.fail(
                    opened[-1].note.line, f"'({name[:40]}' is not closed", f"close it with {name[:40]})"
                )


def write_brackets(mentions: Iterable[Mention], length: int, fields: Sequence[str]) -> list[str]:
    """The cells, for each of a document's words, that `Brackets` reads these mentions from under a header of
    these fields, `eid` or `etype` or both; "" where no mention begins or ends."""
    ending, single, starting = ([""] * length for _ in range(3))
    for entity, (start, end, label) in sorted(mentions, key=lambda m: (m.span.start, -m.span.end, m)):
        opening = "-".join(field for name, field in (("eid", entity), ("etype", label)) if name in fields)
        if start == end:
            single[start] += f"({opening})"
        else:
            starting[start] += f"({opening}"
            ending[end] += f"{entity or label})"
    return [before + only + after for before, only, after in zip(ending, single, starting, strict=True)]
