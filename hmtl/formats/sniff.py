"""Which format a file has, told by its name or its first lines."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from hmtl.formats.files import find_files, text_file
from hmtl.formats.format import Format, FormatError

LINES = 200
# the first line of a .jsonl may be a whole novel
LARGEST = 1 << 30


def sniff(path: str | Path) -> Format:
    """The one format, with its defaults, that a file looks like. Of a directory, the first file is looked at.
    Raises `FormatError`, which names the candidates, where there are none or several."""
    path = Path(path)
    every_format = {name: Format.by_name(name) for name in Format.list_available()}
    every_suffix = tuple({suffix for form in every_format.values() for suffix in form.suffixes})
    first = find_files(path, every_suffix)[0]
    names = [name for name, form in every_format.items() if form.claims(first)]
    if not names:
        lines = [line for _, line in islice(text_file(first, path, LARGEST).lines, LINES)]
        names = [name for name, form in every_format.items() if form.sniff(lines)]
    if len(names) != 1:
        found = f"could be {' or '.join(names)}" if names else "looks like none of the formats"
        choices = ", ".join(names or every_format)
        raise FormatError(f"{first}:1: {found}; name the format, one of {choices}")
    return every_format[names[0]]()
