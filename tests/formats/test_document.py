from pathlib import Path

import pytest
from hypothesis import given
from strategies import documents

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document
from hmtl.formats import DocumentLines


@given(document=documents(laid_out=True))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.jsonl"
    pair = [document, document.replace(id=document.id + "2").bare()]
    assert there_and_back(DocumentLines(), pair, path) == pair


def test_mistakes_are_named_with_their_line(tmp_path: Path) -> None:
    path = put(tmp_path, "f.jsonl", '{"id": "a", "tokens": ["b"]}\n{"id": "c", "tokens": "d"}\n')
    assert refusal(DocumentLines(), path) == "f.jsonl:2: 'tokens' is a string; give a list of strings"
