"""Rows of columns."""

from __future__ import annotations

from collections.abc import Iterator

from hmtl.formats.files import TextFile

FILLERS = ("-", "_", "")


def cells(line: str) -> list[str]:
    """The columns of a row: cut at tabs where it has some, otherwise at runs of spaces."""
    return line.split("\t") if "\t" in line else [cell for cell in line.split(" ") if cell]


def fits(*columns: str) -> bool:
    """Whether these texts can stand in tab-separated columns of one row."""
    return all(column.strip(" ") == column != "" and not set(column) & set("\t\r\n") for column in columns)


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
