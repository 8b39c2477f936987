"""The documents that `#begin document` and `#end document` lines enclose, with their bracket columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from hmtl.documents import Cluster, Document, Span
from hmtl.formats.brackets import read_clusters, read_spans
from hmtl.formats.columns import cells
from hmtl.formats.files import TextFile

BEGIN = re.compile(r"#begin document\s+(?:\((.*)\);|(\S+))(?:\s*part (\S+))?\s*")


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
        return tuple(Span(s + shift, e + shift, t) for k, (shift, _) in bounds for s, e, t in self.spans(index, k))

    def clusters(self) -> tuple[Cluster, ...]:
        """Coreference brackets of the last column."""

        def fail(i: int, cause: str, mend: str) -> NoReturn:
            lines = [sentence.line + k for sentence in self.sentences for k in range(len(sentence.cells))]
            self.file.fail(lines[i], cause, mend)

        return tuple(read_clusters(self.column(-1), fail))


def sections(file: TextFile, fewest: int) -> Iterator[Section]:
    """The documents of a file. Raises `FormatError` at a row outside them, with fewer than `fewest` columns or with
    more or fewer than the sentence's first, and where one is not closed."""
    section, rows = None, None
    for number, line in file.lines:
        if line.startswith("#begin document"):
            if section:
                file.fail(number, f"begins a document inside '{section.id}'", "put #end document before it")
            section, rows = _begin(file, number, line), None
        elif not line.strip() or line.startswith("#end document"):
            rows = None
            if line.strip():
                if section is None:
                    file.fail(number, "ends a document that was not begun", "remove the line")
                yield section
                section = None
        elif section is None:
            file.fail(number, "stands outside a document", "put #begin document (name); part 000 before it")
        else:
            rows = _add(file, number, cells(line), rows, section, fewest)
    if section:
        file.fail(section.line, f"document '{section.id}' has no #end document", "the file is cut off, fetch it again")


def _begin(file: TextFile, number: int, line: str) -> Section:
    match = BEGIN.fullmatch(line)
    if not match:
        file.fail(number, "begins a document without a name", "write #begin document (name); part 000")
    name, part = match[1] or match[2] or "", match[3]
    return Section(file, f"{name}; part {part}" if part else name, number, [])


def _add(file: TextFile, number: int, row: list[str], rows: Rows | None, section: Section, fewest: int) -> Rows:
    if rows is None:
        if len(row) < fewest:
            file.fail(number, f"has {len(row)} columns", f"give at least {fewest}")
        rows = Rows(number, [])
        section.sentences.append(rows)
    elif len(row) != len(rows.cells[0]):
        expected = f"{len(rows.cells[0])} as line {rows.line}, where the sentence begins"
        file.fail(number, f"has {len(row)} columns", f"give {expected}")
    rows.cells.append(row)
    return rows


def begin_line(document: Document) -> str:
    """The line that `sections` reads the document's id from."""
    name, part = split_part(document.id)
    return f"#begin document ({name});" + (f" part {part}" if part else "")


def split_part(identifier: str) -> tuple[str, str]:
    """`name; part N` taken apart; the part is "" where there is none."""
    match = re.fullmatch(r"(.*); part (\S+)", identifier)
    return (match[1], match[2]) if match else (identifier, "")
