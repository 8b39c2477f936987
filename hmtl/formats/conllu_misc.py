"""The last column of CoNLL-U: names and values, and white space in the escapes of UDPipe."""

from __future__ import annotations

import re

from hmtl.formats.files import TextFile

CHARACTERS = {"s": " ", "t": "\t", "r": "\r", "n": "\n", "p": "|", "\\": "\\"}
ESCAPES = str.maketrans({character: f"\\{letter}" for letter, character in CHARACTERS.items()})
ESCAPED = re.compile(r"\\([strnp\\])")
NO_SPACE = "SpaceAfter=No"
USUAL: dict[str, dict[str, str]] = {"_": {}, NO_SPACE: {"SpaceAfter": "No"}}
"""What most words have, by its cell; parsed once for all of them."""


def misc_values(cell: str, file: TextFile, line: int) -> dict[str, str]:
    """The values by their names. Raises `FormatError` where a name stands twice."""
    items = cell.split("|")
    values: dict[str, str] = {}
    for item in items:
        name, _, value = item.partition("=")
        values[name] = value
    if len(values) < len(items):
        file.fail(line, "says something twice in MISC", "keep one of each name")
    return values


def unescape(text: str) -> str:
    """The white space that a value such as `\\s\\n` stands for."""
    return ESCAPED.sub(lambda match: CHARACTERS[match[1]], text)


def gap_after(gap: str, usual: str) -> str:
    """The value that says what white space follows a word; "" where it is the usual."""
    if gap == usual:
        return ""
    return f"SpacesAfter={gap.translate(ESCAPES)}" if gap else NO_SPACE


def gap_before(gap: str) -> str:
    """The value that says what white space precedes a word; "" where there is none."""
    return f"SpacesBefore={gap.translate(ESCAPES)}" if gap else ""
