"""What a terminal makes of characters: which are safe to print, how many columns they take, and colours."""

import os
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple, TextIO

PALETTE = (36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94, 91)
"""Foreground colours, which every terminal draws in its own theme, in an order in which neighbours differ."""
BOLD, DIM = 1, 2
Codes = tuple[int, ...]
# Korean vowels and final consonants, which stand inside the block that the first consonant begins
_JOINING_JAMO = frozenset(map(chr, (*range(0x1160, 0x1200), *range(0xD7B0, 0xD7FC))))
_JOINERS = "\u200c\u200d"  # letters of some scripts, and emoji, need them


def safe(text: str) -> str:
    """The text without what could steer a terminal, hide, or reorder its neighbours: white space of any kind
    becomes a space, a control character its picture (␛), other invisible or broken characters �."""
    return "".join(_safe(character) for character in text)


def _safe(character: str) -> str:
    if character.isspace():
        return " "
    if character < " ":
        return chr(0x2400 + ord(character))
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in _JOINERS:
        return "�"
    return character


def is_reordered(text: str) -> bool:
    """Whether it has letters that are written from right to left: some terminals then show its characters in
    another order, in which none stands above what is printed beneath it."""
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)


def columns(text: str) -> int:
    """Columns that safe text takes: two for a wide East Asian character or emoji, none for one that joins
    its neighbour."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or character in _JOINING_JAMO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Cell(NamedTuple):
    """A character as it is printed, and the number of the token that it belongs to (None between tokens)."""

    text: str
    token: int | None


def wrap(cells: Sequence[Cell], width: int) -> list[list[Cell]]:
    """Lines of at most `width` columns: broken at a space where there is one, else between tokens, else
    within one. The space at a break is left out. `width` is at least 2, so that every character fits."""
    lines, rest = [], list(cells)
    while rest:
        fitting = _fitting(rest, width)
        end = fitting if fitting == len(rest) else _break(rest, fitting)
        lines.append(rest[:end])
        rest = rest[end:]
        while rest and rest[0].text == " ":
            del rest[0]
    return lines


def _fitting(cells: Sequence[Cell], width: int) -> int:
    """How many cells fill at most so many columns."""
    used = 0
    for number, cell in enumerate(cells):
        used += columns(cell.text)
        if used > width:
            return number
    return len(cells)


def _break(cells: Sequence[Cell], fitting: int) -> int:
    """Where to end a line that has room for `fitting` of more cells."""
    spaces = (end for end in range(fitting, 0, -1) if cells[end].text == " ")
    bounds = (end for end in range(fitting, 0, -1) if cells[end].token != cells[end - 1].token)
    return next(spaces, None) or next(bounds, None) or max(1, fitting)


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour what is printed there: on a terminal, unless the user has set NO_COLOR
    (https://no-color.org) or says that the terminal is a dumb one."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, *codes: int) -> str:
    """The text in ANSI colours or weights; as it is without codes."""
    return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m" if codes and text else text
