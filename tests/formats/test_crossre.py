import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import entangled

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Crossre, FormatError

SENTENCE: dict[str, Any] = {
    "doc_key": "news-dev-1",
    "sentence": ["Bo", "Day", "of", "Lisk", "spoke"],
    "ner": [[0, 1, "person"], [3, 3, "country"], [3, 3, "country"]],
    "relations": [
        [0, 1, 3, 3, "role", "", False, False],
        [0, 1, 3, 3, "physical", "lives there", True, False],
        [3, 3, 4, 4, "topic"],
    ],
}
TEXT = json.dumps(SENTENCE) + "\n" + json.dumps({"doc_key": "b", "sentence": ["x"]}) + "\n"


def test_a_pair_may_have_several_relations(tmp_path: Path) -> None:
    path = put(tmp_path, "news-dev.json", TEXT)
    first, second = Crossre().read(path)
    bo, lisk = Span(0, 1, "person"), Span(3, 3, "country")
    assert first.entities == (bo, lisk) and (first.id, first.source) == ("news-dev-1", f"{path}:1")
    assert first.relations == (
        Relation(bo, lisk, "physical"),
        Relation(bo, lisk, "role"),
        Relation(lisk, Span(4, 4), "topic"),
    )
    assert second.entities is None and second.relations is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('[0, 1, "person"]', "[0, 1]", "'ner[0]' is [0, 1]; give [start, end, type]"),
        (
            '"role", "", false, false',
            '"role", ""',
            "'relations[0]' has 6 values; give [start, end, start, end, type]",
        ),
        (
            '[3, 3, 4, 4, "topic"]',
            '[3, 3, 4, 5, "topic"]',
            "document 'news-dev-1' has a span (4, 5) outside its 5",
        ),
        ('3, 3, "role"', '3, null, "role"', "'relations[0][3]' is null; give an integer"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TEXT.count(old)
    assert refusal(Crossre(), put(tmp_path, "f.json", TEXT.replace(old, new, 1))).startswith(
        f"f.json:1: {message}"
    )


@given(document=entangled("mentions", ("relations",)))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    document = document.replace(sentences=())
    documents = [document, document.replace(id=document.id + "2", relations=None, mentions=None)]
    form = Crossre(layer="mentions")
    assert there_and_back(form, documents, tmp_path_factory.mktemp("f") / "f.json") == documents


def test_an_argument_with_two_types_is_refused(tmp_path: Path) -> None:
    first, second = Span(0, 0, "A"), Span(0, 0, "B")
    document = Document("d", ("a",), entities=(first, second), relations=(Relation(second, second, "r"),))
    with pytest.raises(FormatError, match="has relations, and spans of two types"):
        Crossre().write([document], tmp_path / "f.json")
