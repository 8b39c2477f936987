"""What of a document a format can hold, found by writing it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hmtl.documents import LAYERS, Document
from hmtl.formats.format import Format, FormatError


def what_fits(form: Format, document: Document, name: str) -> Document:
    """The document with as much of each layer as the format takes in a file of this name.

    Layers are filled in the order of `Document`, items in theirs: of two that cannot stand together the first
    stays. Raises `FormatError` where not even the bare text fits.
    """
    if _is_held(form, fitted := form.fit(document), name):
        return fitted
    held = fitted.replace(**{layer: () for layer in LAYERS if getattr(fitted, layer) is not None})
    _write(form, held, name)
    # mentions and clusters before the relations that need them
    for layer in sorted(LAYERS, key=("entities", "mentions", "clusters", "relations").index):
        if getattr(fitted, layer):
            held = _filled(form, held, layer, getattr(fitted, layer), name)
    return held


def _filled(form: Format, document: Document, layer: str, items: tuple[Any, ...], name: str) -> Document:
    """The document with the items that fit; looks into a half only where it does not."""
    more = document.replace(**{layer: (*getattr(document, layer), *items)})
    if _is_held(form, more, name):
        return more
    if len(items) == 1:
        return document
    middle = len(items) // 2
    for half in (items[:middle], items[middle:]):
        document = _filled(form, document, layer, half, name)
    return document


def _is_held(form: Format, document: Document, name: str) -> bool:
    try:
        _write(form, document, name)
    except FormatError:
        return False
    return True


def _write(form: Format, document: Document, name: str) -> None:
    with TemporaryDirectory() as folder:
        form.write([document], Path(folder) / name)
