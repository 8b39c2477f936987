import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from hmtl.document_json import from_json, to_json
from hmtl.documents import Document, DocumentError, Relation, Span

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
EXAMPLE = Document(
    "d",
    ("Ada", "met", "Bo", ".", "She", "left"),
    ((0, 3), (4, 5)),
    text="Ada met Bo.  She left",
    offsets=((0, 3), (4, 7), (8, 10), (10, 11), (13, 16), (17, 21)),
    entities=(Span(0, 0, "PER"),),
    mentions=(),
    relations=(Relation(Span(0, 0, "PER"), Span(2, 2), "PER-SOC"),),
    clusters=(((0, 0), (4, 4)),),
    genre="news",
)


@given(documents(laid_out=True))
def test_nothing_is_lost(document: Document) -> None:
    text = json.dumps(to_json(document))
    assert from_json(json.loads(text), document.source) == document


def test_the_published_shape() -> None:
    ada = {"start": 0, "end": 0, "text": "Ada", "char_start": 0, "char_end": 3}
    bo = {"start": 2, "end": 2, "text": "Bo", "char_start": 8, "char_end": 10, "label": ""}
    she = {"start": 4, "end": 4, "text": "She", "char_start": 13, "char_end": 16}
    assert to_json(EXAMPLE) == {
        "id": "d",
        "text": "Ada met Bo.  She left",
        "tokens": ["Ada", "met", "Bo", ".", "She", "left"],
        "offsets": [[0, 3], [4, 7], [8, 10], [10, 11], [13, 16], [17, 21]],
        "sentences": [[0, 3], [4, 5]],
        "entities": [ada | {"label": "PER"}],
        "mentions": [],
        "relations": [{"head": ada | {"label": "PER"}, "tail": bo, "label": "PER-SOC"}],
        "clusters": [[ada, she]],
        "genre": "news",
    }
    assert to_json(EXAMPLE.bare())["entities"] is None and "speakers" not in to_json(EXAMPLE)


def test_only_id_and_tokens_must_be_there() -> None:
    assert from_json({"id": "d", "tokens": ["a", "b"]}) == Document("d", ("a", "b"), source="input")


def test_text_and_characters_of_spans_are_not_read() -> None:
    data = to_json(EXAMPLE)
    data["entities"][0] |= {"text": 7, "char_start": "x", "char_end": None}
    assert from_json(data) == EXAMPLE.replace(source="input")


MISTAKES: dict[str, Any] = {
    "'id' is null; give a string": {"id": None},
    "'tokens' is a string; give a list of strings": {"tokens": "Ada met"},
    "'tokens[1]' is an integer; give a string": {"tokens": ["Ada", 1]},
    "'tokens[0]' holds half of a surrogate pair; give valid Unicode": {"tokens": ["\ud800"]},
    "'sentences[1]' is [4]; give [start, end]": {"sentences": [[0, 3], [4]]},
    "'offsets[0]' is [true, 3]; give [start, end]": {"offsets": [[True, 3]]},
    "'entities' is an object; give a list": {"entities": {}},
    "'entities[0].start' is a fraction; give an integer": {
        "entities": [{"start": 0.0, "end": 1, "label": "A"}]
    },
    "'mentions[0].label' is null; give a string": {"mentions": [{"start": 0, "end": 1}]},
    "'relations[0].head' is null; give an object": {"relations": [{"tail": {}, "label": "X"}]},
    "'relations[0].label' is null; give a string": {
        "relations": [to_json(EXAMPLE)["relations"][0] | {"label": None}]
    },
    "'clusters[0][0].end' is a truth value; give an integer": {"clusters": [[{"start": 0, "end": True}]]},
    "'speakers' is a truth value; give a list of strings": {"speakers": False},
    "'genre' is a list; give a string": {"genre": []},
    "'text' is an integer; give a string": {"text": 1},
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_answered_with_its_key(message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_json(to_json(EXAMPLE) | MISTAKES[message], "line 7")
    assert str(caught.value) == f"line 7: {message}"


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^line 7: document 'd' has a span \(0, 6\) outside its 6 words"):
        from_json(to_json(EXAMPLE) | {"entities": [{"start": 0, "end": 6, "label": "PER"}]}, "line 7")


@given(ANY_JSON)
def test_any_json_is_a_document_or_refused(data: Any) -> None:
    with pytest.raises(DocumentError):
        from_json(data)


@given(st.data(), ANY_JSON)
def test_any_change_of_a_document_is_read_or_refused(data: st.DataObject, value: Any) -> None:
    content = json.loads(json.dumps(to_json(EXAMPLE)))
    place, key = content, data.draw(st.sampled_from(sorted(content)))
    while isinstance(place[key], list | dict) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    place[key] = value
    try:
        document = from_json(content)
    except DocumentError as error:
        assert "\n" not in str(error)
    else:
        assert from_json(to_json(document)) == document
