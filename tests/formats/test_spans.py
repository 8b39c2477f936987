import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LABEL, marked_texts

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Span
from hmtl.formats import FormatError, Spans, sniff
from hmtl.formats.characters import Mark

TEXT = """{"text": "Ada's boat sank.", "spans": [{"start": 0, "end": 3, "label": "PER"},\
 {"start": 0, "end": 10, "label": "VEH"}]}
{"id": "b", "text": "It sank.", "entities": []}
{"id": 3, "text": "It sank."}
"""


def test_texts_with_spans(tmp_path: Path) -> None:
    path = put(tmp_path, "f.jsonl", TEXT)
    first, second, third = Spans().read(path)
    assert first.tokens == ("Ada", "'s", "boat", "sank", ".") and first.text == "Ada's boat sank."
    assert first.entities == (Span(0, 0, "PER"), Span(0, 2, "VEH"))
    assert [d.id for d in (first, second, third)] == ["f.1", "b", "3"] and first.source == f"{path}:1"
    assert second.entities == () and third.entities is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"end": 10', '"end": 99', "'spans[1]': characters 0 to 99 are no part of the 16 of the text; count"),
        ('"label": "PER"', '"type": "PER"', "'spans[0].label' is null; give a string"),
        (
            '"spans": [',
            '"entities": [], "spans": [',
            "the JSON has both spans and entities, or is a Document",
        ),
        ("Ada's boat sank.", "  ", "'spans[0]': characters 0 to 3 are no part of the 2"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TEXT.count(old)
    assert refusal(Spans(), put(tmp_path, "f.json", TEXT.replace(old, new, 1))).startswith(
        f"f.json:1: {message}"
    )


def test_token_spans_of_a_document_are_not_taken_for_characters(tmp_path: Path) -> None:
    line = '{"id": "d", "text": "a b", "tokens": ["a", "b"], "offsets": [[0, 1], [2, 3]], "entities": []}'
    path = put(tmp_path, "f.json", line)
    assert "is a Document with offsets of words" in refusal(Spans(), path)
    assert sniff(path).name == "document"


@given(marked=marked_texts(), data=st.data())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, marked: tuple[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    text, places = marked
    form = Spans(layer="mentions")
    document, found = form.words(text, [Mark(*place, "f:1") for place in places], "d", "f:1")
    mentions = {Span(*bounds, data.draw(LABEL)) for bounds in found.values()}
    document = document.replace(mentions=tuple(mentions), source="")
    path = tmp_path_factory.mktemp("f") / "f.json"
    assert there_and_back(form, [document], path) == [document]
    # what another program reads of it
    (line,) = path.read_text(encoding="utf-8").split("\n")[:-1]
    assert {(s["label"], text[s["start"] : s["end"]]) for s in json.loads(line)["spans"]} == {
        (label, document.span_text(start, end)) for start, end, label in mentions
    }


def test_other_layers_are_refused(tmp_path: Path) -> None:
    document, _ = Spans().words("Ada", [], "d", "f:1")
    with pytest.raises(FormatError, match="has mentions, which spans cannot hold"):
        Spans().write([document.replace(mentions=(Span(0, 0, "A"),))], tmp_path / "f")
