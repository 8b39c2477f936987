import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import entangled

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import FormatError, Spert

SENTENCE: dict[str, Any] = {
    "tokens": ["Acme", "paid", "", "9", "dollars"],
    "entities": [
        {"type": "Money", "start": 2, "end": 5, "text": " 9 dollars"},
        {"type": "Company", "start": 0, "end": 1},
    ],
    "relations": [{"type": "Value", "head": 1, "tail": 0}],
    "orig_id": 7,
}
TEXT = json.dumps([SENTENCE, {**SENTENCE, "relations": None}, {"tokens": ["x"]}])


def test_sentences_with_entities_and_relations(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second, third = Spert().read(put(tmp_path, "train.json", TEXT))
    money, company = Span(2, 3, "Money"), Span(0, 0, "Company")
    assert first.tokens == ("Acme", "paid", "9", "dollars") and first.entities == (company, money)
    assert first.relations == (Relation(company, money, "Value"),) and first.mentions is None
    assert [d.id for d in (first, second, third)] == ["7", "7#2", "train.3"]
    assert second.relations is None and third.entities is None
    assert "2 empty words are left out" in caplog.text


def test_entities_may_be_mentions(tmp_path: Path) -> None:
    first, *_ = Spert(layer="mentions").read(put(tmp_path, "f.json", TEXT))
    assert first.entities is None and len(first.mentions or ()) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"head": 1', '"head": 2', "'relations[0].head' is entity 2 of 2; count the entities from 0"),
        (
            '"end": 5',
            '"end": 6',
            "'entities[0]' is no part of the 5 words; count them from 0, the end exclusive",
        ),
        ('"start": 2, "end": 5', '"start": 2, "end": 3', "'entities[0]' covers empty words only; remove it"),
        ('"Acme"', "3", "'tokens[0]' is an integer; give a string"),
        ('"orig_id": 7', '"orig_id": [7]', "'orig_id' is a list; give a string"),
        ('"type": "Value", ', "", "'relations[0].type' is null; give a string"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TEXT.count(old)
    assert refusal(Spert(), put(tmp_path, "f.json", TEXT.replace(old, new, 1))) == f"f.json:1: {message}"


@given(document=entangled("entities", ("relations",)))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    document = document.replace(sentences=())
    others = [document.replace(id=f"{document.id}-{i}", relations=None) for i in (1, 2)]
    documents = [document, others[0], others[1].replace(entities=None)]
    assert there_and_back(Spert(), documents, tmp_path_factory.mktemp("f") / "f.json") == documents


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"sentences": ((0, 0), (1, 2)), "entities": (Span(0, 1, "A"),)},
            "entities that cross sentences, which spert cannot hold",
        ),
        ({"mentions": (Span(0, 0, "A"),)}, "mentions, which spert cannot hold"),
        (
            {"relations": (Relation(Span(0, 0, "A"), Span(1, 1, "A"), "r"),)},
            "an argument (1, 1, 'A') that is none",
        ),
    ],
)
def test_what_it_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    with pytest.raises(FormatError) as caught:
        Spert().write(
            [Document("d", tuple("abc"), entities=(Span(0, 0, "A"),)).replace(**changes)], tmp_path / "f"
        )
    assert f"document 'd' has {what}" in str(caught.value)
