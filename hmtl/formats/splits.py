"""Splits: lists that name the documents of a corpus, one a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hmtl.formats.files import find_files, text_file


def named_documents(
    path: Path, max_bytes: int, document_id: Callable[[str], str]
) -> Iterator[tuple[int, str]]:
    """The ids of a list, made of its lines by `document_id`, each with its line. Raises `FormatError` where
    one stands twice or there are none."""
    (path,) = find_files(path, ())
    split, seen = text_file(path, path, max_bytes), set[str]()
    for number, line in split.lines:
        if name := line.strip():
            wanted = document_id(name)
            if wanted in seen:
                split.fail(number, f"names '{wanted}' a second time", "remove the line")
            seen.add(wanted)
            yield number, wanted
    if not seen:
        split.fail(1, "names no documents", "give one file name a line")
