"""Whether what is to be written says what it should: it is read before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import partial
from io import BytesIO

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document
from hmtl.formats.files import TextFile
from hmtl.formats.streams import Lines


def as_written(lines: Iterable[str], name: str) -> TextFile:
    """The file that these lines make, without the disk."""
    data = "".join(f"{line}\n" for line in lines).encode("utf-8")
    return TextFile(name, name, Lines(partial(BytesIO, data), name, len(data)))


def difference(document: Document, read: Callable[[], Iterable[Document]]) -> str | None:
    """What `read` does not give back as it was, a field's name or an error's message; None where it gives the
    document, wherever that came from."""
    try:
        (found,) = read()
    except (ConfigurationError, ValueError) as error:
        return f"a part that would be refused ({error})"
    names = (field.name for field in fields(Document) if field.name != "source")
    changed = next((name for name in names if getattr(document, name) != getattr(found, name)), None)
    return changed and f"{changed} that would read otherwise"
