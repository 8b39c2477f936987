"""Rows of columns."""

from __future__ import annotations

from collections.abc import Iterator

from hmtl.formats.files import TextFile

FILLERS = ("-", "_", "")


def cells(line: str) -> list[str]:
    """The columns of a row: cut at tabs where it has some, otherwise at runs of spaces."""
    if "\t" in line:
        return line.split("\t")
    found = line.split(" ")
    return found if "" not in found else [cell for cell in found if cell]


def fits(*columns: str) -> bool:
    """Whether these texts can stand in tab-separated columns of one row: none is empty, has a tab or a line
    break or begins or ends with a space."""
    row = "\t".join(columns)
    # one look at the whole row is several times as fast as one at each cell
    is_whole = row.count("\t") == len(columns) - 1 and row.strip(" \t") == row != ""
    return is_whole and not any(gap in row for gap in ("\n", "\r", "\t\t", "\t ", " \t"))


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
