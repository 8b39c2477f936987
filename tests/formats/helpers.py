"""What the tests of all formats share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from hmtl.documents import Document
from hmtl.formats import Format, FormatError


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def corpus(data_root: Path, folder: str) -> Path:
    """The folder of a corpus, or of a layout of it, whole; the test is skipped where there is none."""
    if not (data_root / folder).is_dir():
        pytest.skip(f"{folder} is not among the corpora in {data_root}")
    return data_root / folder


def refusal(form: Format, path: Path) -> str:
    """The one line with which reading is refused, without the folder."""
    with pytest.raises(FormatError) as caught:
        list(form.read(path))
    message = str(caught.value)
    assert "\n" not in message and "; " in message
    return message.replace(f"{path.parent}/", "")


def there_and_back(form: Format, documents: Iterable[Document], path: Path) -> list[Document]:
    """What is read from what was written, without the places it was read from."""
    form.write(documents, path)
    return [document.replace(source="") for document in form.read(path)]
