import json

import pytest
from hypothesis import given
from strategies import documents

from hmtl.caching.records import pack, unpack
from hmtl.documents import Document, DocumentError, Span


@given(documents() | documents(laid_out=True))
def test_a_document_comes_back_as_it_was(document: Document) -> None:
    line = pack(document)
    assert unpack(line) == document and b"\n" not in line


def test_what_a_document_fills_in_by_itself_is_not_written() -> None:
    document = Document("d", ("Ada", "said"), entities=(Span(0, 0, "PER"),), source="f:1")
    assert json.loads(pack(document)) == {
        "id": "d", "tokens": ["Ada", "said"], "source": "f:1", "entities": [[0, 0, "PER"]]
    }  # fmt: skip


def test_layers_that_hold_nothing_are_not_layers_that_were_not_annotated() -> None:
    document = Document("d", ("a",), mentions=(), relations=None, speakers=("",), genre="")
    assert unpack(pack(document)) == document


def test_halves_of_characters_survive() -> None:
    assert unpack(pack(Document("d", ("\ud83d",)))).tokens == ("\ud83d",)


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"\xff", b'{"id": "d", "tokens": ["a"], "x": 1}'])
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        unpack(line)


def test_a_record_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(DocumentError):
        unpack(b'{"id": "d", "tokens": ["a"], "entities": [[0, 7, "PER"]]}')
