"""The names of brat's files, two for each document."""

from __future__ import annotations

import re
from pathlib import Path

from hmtl.formats.files import without_gz

ANNOTATION, TEXT = ".ann", ".txt"
# of an id, what a path below a folder must not have: empty parts, `.` and `..`, and what escapes look like
ESCAPED = re.compile(r"%|[\0-\x1f]|(?<![^/])/|/\Z|(?<![^/])\.(?=\.?(?:/|\Z))")
ESCAPE = re.compile(r"%([0-9A-F]{2})")


def sibling(path: Path, ending: str) -> Path:
    """The file beside this one with the other ending, compressed if there is only that."""
    name = without_gz(path.name).removesuffix(TEXT).removesuffix(ANNOTATION) + ending
    plain, packed = path.with_name(name), path.with_name(f"{name}.gz")
    return packed if packed.is_file() and not plain.is_file() else plain


def escaped(name: str) -> str:
    """A document's id as a path below a folder, from which nothing leads out."""
    return ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", name)


def unescaped(path: str) -> str:
    """The id that `escaped` made this of."""
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), path)
