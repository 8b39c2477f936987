"""Brackets beneath a line of text, nested ones beneath one another."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hmtl.render.terminal import Cell, Codes, columns, paint


class Mark(NamedTuple):
    """A token span with both ends inclusive, its label, and the ANSI codes to draw it in."""

    start: int
    end: int
    label: str
    codes: Codes = ()


class Brush(NamedTuple):
    """The characters of a bracket: its ends, what lies between, and a bracket of one column."""

    left: str
    line: str
    right: str
    single: str


class Box(NamedTuple):
    """A bracket with its label, drawn; columns `first` to `last`, exclusive, of a line."""

    first: int
    last: int
    text: str
    codes: Codes


def tracks(line: Sequence[Cell], marks: Iterable[Mark], brush: Brush, width: int) -> list[str]:
    """The rows to print beneath a line: brackets that would touch stand on different rows, inner ones above.
    A mark that goes on in another line is open on that side."""
    boxes = [box for mark in marks if (box := _box(line, mark, brush, width))]
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: (box.last - box.first, box.first)):
        free = (row for row in rows if all(box.last < b.first or b.last < box.first for b in row))
        row = next(free, None)
        if row is None:
            rows.append(row := [])
        row.append(box)
    return [_draw(row) for row in rows]


def _box(line: Sequence[Cell], mark: Mark, brush: Brush, width: int) -> Box | None:
    """The part of a mark that lies in this line."""
    inside = [
        n for n, cell in enumerate(line) if cell.token is not None and mark.start <= cell.token <= mark.end
    ]
    if not inside:
        return None
    first = sum(columns(cell.text) for cell in line[: inside[0]])
    room = max(1, sum(columns(cell.text) for cell in line[inside[0] : inside[-1] + 1]))
    from_before, goes_on = line[inside[0]].token != mark.start, line[inside[-1]].token != mark.end
    left, right = brush.line if from_before else brush.left, brush.line if goes_on else brush.right
    size = columns(mark.label)
    if size + 2 <= room:
        padded = f" {mark.label} " if size + 4 <= room else mark.label
        free = room - 2 - columns(padded)
        text = left + brush.line * (free // 2) + padded + brush.line * (free - free // 2) + right
        return Box(first, first + room, text, mark.codes)
    single = left if goes_on else right if from_before else brush.single
    bracket = single if room == 1 else left + brush.line * (room - 2) + right
    if first + room + size > width and size <= first:
        return Box(first - size, first + room, mark.label + bracket, mark.codes)
    return Box(first, first + room + size, bracket + mark.label, mark.codes)


def _draw(row: Iterable[Box]) -> str:
    drawn, column = "", 0
    for box in sorted(row):
        drawn += " " * (box.first - column) + paint(box.text, *box.codes)
        column = box.last
    return drawn
