"""The names of ACE 2005's files, two for each document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hmtl.formats.files import without_gz

ANNOTATION, TEXT = ".apf.xml", ".sgm"


def document_name(name: str) -> str:
    """A file's name without its folder and endings."""
    name = without_gz(Path(name).name)
    return name.removesuffix(ANNOTATION if name.endswith(ANNOTATION) else TEXT)


def beside(path: Path, ending: str) -> Path:
    """The file of the same document with this ending, compressed if there is only that."""
    name = document_name(path.name) + ending
    plain, packed = path.with_name(name), path.with_name(f"{name}.gz")
    return packed if packed.is_file() and not plain.is_file() else plain


def staged(files: Iterable[Path], stage: str) -> list[Path]:
    """The files, those of a document that has several only where they lie in the folder `stage`, if any of
    them does."""
    by_name: dict[str, list[Path]] = {}
    for file in files:
        by_name.setdefault(document_name(file.name), []).append(file)
    chosen = []
    for found in by_name.values():
        chosen += [file for file in found if file.parent.name == stage] or found if len(found) > 1 else found
    return chosen
