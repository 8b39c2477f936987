"""The documents that `#begin document` and `#end document` lines enclose, with their bracket columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from hmtl.documents import Cluster, Span
from hmtl.formats.brackets import read_clusters, read_spans
from hmtl.formats.columns import cells, fits
from hmtl.formats.files import TextFile

BEGIN, END = "#begin document", "#end document"


class Rows(NamedTuple):
    """One sentence: its first line, and the columns of each of its words. Lines are consecutive."""

    line: int
    cells: list[list[str]]


class Section(NamedTuple):
    """One document: its name with its part, the line that begins it, its sentences."""

    file: TextFile
    id: str
    line: int
    sentences: list[Rows]

    @property
    def genre(self) -> str | None:
        """The first folder of the name, as in `nw/wsj/24/wsj_2400`."""
        return self.id.split("/", 1)[0] if "/" in self.id else None

    def bounds(self) -> list[tuple[int, int]]:
        """`(start, end)` of the sentences, inclusive."""
        bounds, start = [], 0
        for sentence in self.sentences:
            bounds.append((start, start + len(sentence.cells) - 1))
            start += len(sentence.cells)
        return bounds

    def column(self, index: int) -> list[str]:
        """The cells of all words."""
        return [row[index] for sentence in self.sentences for row in sentence.cells]

    def spans(self, index: int, sentence: int) -> list[Span]:
        """Typed brackets of a column, token indices within the sentence."""
        line, rows = self.sentences[sentence]

        def fail(i: int, cause: str, mend: str) -> NoReturn:
            self.file.fail(line + i, cause, mend)

        return read_spans([row[index] for row in rows], fail)

    def document_spans(self, index: int) -> tuple[Span, ...]:
        """Typed brackets of a column, token indices within the document."""
        bounds = enumerate(self.bounds())
        return tuple(
            Span(s + shift, e + shift, t) for k, (shift, _) in bounds for s, e, t in self.spans(index, k)
        )

    def clusters(self) -> tuple[Cluster, ...]:
        """Coreference brackets of the last column."""

        def fail(i: int, cause: str, mend: str) -> NoReturn:
            lines = [sentence.line + k for sentence in self.sentences for k in range(len(sentence.cells))]
            self.file.fail(lines[i], cause, mend)

        return tuple(read_clusters(self.column(-1), fail, self.file.at(self.line)))


def sections(file: TextFile, fewest: int) -> Iterator[Section]:
    """The documents of a file. Raises `FormatError` at a row outside them, with fewer than `fewest` columns
    or with more or fewer than the sentence's first, and where one is not closed."""
    section, rows, width = None, None, 0
    for number, line in file.lines:
        if not line.strip():
            rows = None
        elif line[0] == "#" and line.startswith(BEGIN):
            section, rows = _begin(file, number, line, section), None
        elif line[0] == "#" and line.startswith(END):
            if section is None:
                file.fail(number, "ends a document that was not begun", "remove the line")
            yield section
            section, rows = None, None
        elif section is None:
            file.fail(number, "stands outside a document", f"put {BEGIN} (name); part 000 before it")
        else:
            row = cells(line)
            if rows is None:
                rows, width = Rows(number, []), len(row)
                section.sentences.append(rows)
            if len(row) != width or width < fewest:
                expected = f"{width} as line {rows.line}" if width >= fewest else f"at least {fewest}"
                file.fail(number, f"has {len(row)} columns", f"give {expected}")
            rows.cells.append(row)
    if section:
        file.fail(
            section.line, f"begins '{section.id}', which has no {END}", "the file is cut off, fetch it again"
        )


def _begin(file: TextFile, number: int, line: str, before: Section | None) -> Section:
    if before:
        file.fail(number, f"begins a document inside '{before.id}'", f"put {END} before it")
    name = _name(line)
    if not name:
        file.fail(number, "begins a document without a name", f"write {BEGIN} (name); part 000")
    return Section(file, name, number, [])


def _name(line: str) -> str:
    """The id that a line begins a document of: `name; part 000`, or `name` where it gives no part."""
    text = line.removeprefix(BEGIN).strip()
    name, comma, part = text.rpartition("); part ")
    if comma and name.startswith("("):
        return f"{name[1:]}; part {part}"
    return text[1:-2] if text.startswith("(") and text.endswith(");") else text


def begin_line(identifier: str) -> str | None:
    """The line that `sections` reads this id from; None where there is none."""
    name, part = split_part(identifier)
    line = f"{BEGIN} ({name});" + (f" part {part}" if part else "")
    return line if fits(identifier) and _name(line) == identifier else None


def split_part(identifier: str) -> tuple[str, str]:
    """`name; part N` taken apart; the part is "" where there is none."""
    name, mark, part = identifier.rpartition("; part ")
    return (name, part) if name and part and " " not in part else (identifier, "")
