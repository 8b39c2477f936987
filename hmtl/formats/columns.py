"""Rows of columns, and the documents that `#begin document` and `#end document` lines enclose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hmtl.documents import Document
from hmtl.formats.files import TextFile

BEGIN = re.compile(r"#begin document\s+(?:\((.*)\);|(\S+))(?:\s*part (\S+))?\s*")
FILLERS = ("-", "_", "")


class Rows(NamedTuple):
    """One sentence: its first line, and the columns of each of its words. Lines are consecutive."""

    line: int
    cells: list[list[str]]


class Section(NamedTuple):
    """One document: its name with its part, the line that begins it, its sentences."""

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


def cells(line: str) -> list[str]:
    """The columns of a row: cut at tabs where it has some, otherwise at runs of spaces."""
    return line.split("\t") if "\t" in line else [cell for cell in line.split(" ") if cell]


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
    return Section(f"{name}; part {part}" if part else name, number, [])


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


def fits(*columns: str) -> bool:
    """Whether these texts can stand in tab-separated columns of one row."""
    return all(column and not set(column) & set("\t\r\n") for column in columns)


def blocks(file: TextFile) -> Iterator[list[tuple[int, str]]]:
    """The runs of lines between blank lines, each line with its number."""
    block: list[tuple[int, str]] = []
    for number, line in file.lines:
        if line.strip(" \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block
