"""Where formats write that have a file, or several, for each document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from hmtl.documents import Document
from hmtl.formats.brat_files import escaped
from hmtl.formats.files import without_gz
from hmtl.formats.format import Format, FormatError


def places(
    form: Format, documents: Iterable[Document], path: str | Path, endings: tuple[str, ...]
) -> Iterator[tuple[Document, Path]]:
    """Each document with its file: `path`, where that has one of the endings and there is one document;
    otherwise a file with the first ending in the folder `path`, named by the document's id, which can lead
    nowhere else. Raises `FormatError` where the folder is not empty and where a file cannot be."""
    path = Path(path)
    if without_gz(path.name).endswith(endings):
        for number, document in enumerate(documents):
            if number:
                form.cannot_hold(document, "another document before it in the file", "name a folder")
            yield document, path
        return
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise FormatError(f"{path}: is no empty folder; name a new one")
    for document in documents:
        yield document, _new_file(form, document, path, endings[0])


def _new_file(form: Format, document: Document, folder: Path, ending: str) -> Path:
    path = folder / f"{escaped(document.id)}{ending}"
    try:
        if path.exists():
            form.cannot_hold(document, f"the place of another, {path}", "rename one of them")
        path.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        cause = f"document {document.id[:40]!r} names no file ({error})"
        raise FormatError(f"{folder}: {cause}; rename it") from error
    return path
