"""Which format a file has, told by its first lines."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from hmtl.formats.archives import is_archive
from hmtl.formats.files import find_files, text_file
from hmtl.formats.format import Format, FormatError
from hmtl.formats.litbank import Litbank

LINES = 200
# the first line of a .jsonl may be a whole novel
LARGEST = 1 << 30


def sniff(path: str | Path) -> Format:
    """The one format, with its defaults, that a file looks like; an archive can only be LitBank's. Of a
    directory, the first file is looked at. Raises `FormatError`, which names the candidates, where there are
    none or several."""
    path = Path(path)
    if is_archive(path):
        return Litbank()
    every_suffix = tuple({s for name in Format.list_available() for s in Format.by_name(name).suffixes})
    first = find_files(path, every_suffix)[0]
    lines = [line for _, line in islice(text_file(first, path, LARGEST).lines, LINES)]
    names = [name for name in Format.list_available() if Format.by_name(name).sniff(lines)]
    if len(names) != 1:
        found = f"could be {' or '.join(names)}" if names else "looks like none of the formats"
        choices = ", ".join(names or Format.list_available())
        raise FormatError(f"{first}:1: {found}; name the format, one of {choices}")
    return Format.by_name(names[0])()
