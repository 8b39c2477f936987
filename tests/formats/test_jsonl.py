import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import documents

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import FormatError, Jsonl

SCIERC: dict[str, Any] = {
    "doc_key": "X96-1059",
    "dataset": "scierc",
    "sentences": [["We", "use", "a", "CRF", "."], ["It", "tags", "words", "."]],
    "ner": [[[2, 3, "Method"]], [[5, 5, "Generic"], [7, 7, "Task"]]],
    "relations": [[], [[5, 5, 7, 7, "USED-FOR"]]],
    "clusters": [[[2, 3], [5, 5]]],
    "predicted_ner": [[[0, 0, "Method", 9.1, 0.9]], []],
}
CRF, IT, WORDS = Span(2, 3, "Method"), Span(5, 5, "Generic"), Span(7, 7, "Task")


def read(folder: Path, **changes: Any) -> Document:
    (document,) = Jsonl().read(put(folder, "f.jsonl", json.dumps(SCIERC | changes)))
    return document


def test_ner_without_mentions_gives_both_layers(tmp_path: Path) -> None:
    document = read(tmp_path)
    assert document.id == "X96-1059" and document.source == f"{tmp_path}/f.jsonl:1"
    assert document.sentences == ((0, 4), (5, 8)) and document.tokens[5] == "It"
    assert document.entities == document.mentions == (CRF, IT, WORDS)
    assert document.relations == (Relation(IT, WORDS, "USED-FOR"),)
    assert document.clusters == (((2, 3), (5, 5)),)


def test_mentions_of_their_own(tmp_path: Path) -> None:
    document = read(tmp_path, mentions=[[[0, 0, "PER"]], [[5, 5, "SYSTEM"]]])
    assert document.entities == (CRF, IT, WORDS)
    assert document.mentions == (Span(0, 0, "PER"), Span(5, 5, "SYSTEM"))
    head, tail = (document.relations or ())[0][:2]
    assert (head.label, tail.label) == ("SYSTEM", "Task")
    assert read(tmp_path, mentions=None).mentions is None


def test_missing_keys_are_layers_not_annotated(tmp_path: Path) -> None:
    document = read(tmp_path, ner=None, relations=None, clusters=None)
    assert [getattr(document, layer) for layer in ("entities", "mentions", "relations", "clusters")] == [
        None
    ] * 4
    text = json.dumps({"doc_key": "d", "sentences": [["a"]]})
    assert list(Jsonl().read(put(tmp_path, "g.jsonl", f"\n{text}\n\n")))[0].clusters is None


def test_what_is_listed_twice_is_read_once(tmp_path: Path) -> None:
    ner = [[[2, 3, "Method"], [2, 3, "Method"], [2, 3, "Task"]], []]
    document = read(
        tmp_path,
        ner=ner,
        relations=[[[2, 3, 0, 0, "R"]] * 2, []],
        clusters=[[[0, 0], [2, 3]], [[2, 3], [5, 5]]],
    )
    assert document.entities == (Span(2, 3, "Method"), Span(2, 3, "Task"))
    assert document.relations == (Relation(Span(2, 3, "Method"), Span(0, 0, ""), "R"),)
    assert document.clusters == (((0, 0), (2, 3), (5, 5)),)


def test_the_users_own_text(tmp_path: Path) -> None:
    offsets = [[[0, 2], [3, 6], [7, 8], [9, 12], [12, 13]], [[15, 17], [18, 22], [23, 28], [28, 29]]]
    text = "We use a CRF.  It tags words."
    given_, found = read(tmp_path, text=text, offsets=offsets), read(tmp_path, text=text)
    assert given_ == found and found.span_text(2, 3) == "a CRF"


def test_keys_that_are_not_read_are_reported_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    line = json.dumps(SCIERC | {"events": [[], []]})
    path = put(tmp_path, "f.jsonl", f"{line}\n{line.replace('X96', 'X97')}\n")
    with caplog.at_level(logging.WARNING, logger="hmtl"):
        list(Jsonl().read(path))
    assert [record.getMessage() for record in caplog.records] == [
        f'{path}:1: key "events" is not read, here and below'
    ]


MISTAKES: dict[str, dict[str, Any]] = {
    "'sentences' is null; give a list": {"sentences": None},
    "'sentences[1][0]' is an integer; give a string": {"sentences": [["a"], [1]]},
    "'sentences' has no words in sentence 1; remove it here and in the other keys": {
        "sentences": [["a"], []]
    },
    "'ner' has 1 lists for 2 sentences; give one for each": {"ner": [[]]},
    "'ner[0][0]' is [2, 3]; give [start, end, type]": {"ner": [[[2, 3]], []]},
    "'ner[0][0]' is [2, true, \"A\"]; give [start, end, type]": {"ner": [[[2, True, "A"]], []]},
    "'ner[1][0]' begins outside its sentence, words 5 to 8; count words of the document": {
        "ner": [[], [[0, 0, "A"]]]
    },
    "'mentions[1]' is null; give a list": {"mentions": [[], None]},
    "'relations[0][0]' is [0, 0, 1, 1]; give [start, end, start, end, type]": {
        "relations": [[[0, 0, 1, 1]], []]
    },
    "'clusters[0][0]' is [1]; give [start, end]": {"clusters": [[[1]]]},
    "'clusters[1]' is empty; remove it": {"clusters": [[[0, 0]], []]},
    "'offsets[0]' has 1 items for 5 words; give one for each": {"text": "x", "offsets": [[[0, 1]], []]},
    "'text' has other characters than the words; give offsets": {"text": "We use the CRF"},
    "'speakers' has 0 lists for 2 sentences; give one for each": {"speakers": []},
    "'speakers[0]' has 1 items for 5 words; give one for each": {"speakers": [["a"], []]},
    "'genre' is an integer; give a string": {"genre": 1},
    "'doc_key' is null; give a string": {"doc_key": None},
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes_are_named_with_line_and_key(tmp_path: Path, message: str) -> None:
    good = json.dumps(SCIERC | {"doc_key": "other"})
    path = put(tmp_path, "f.jsonl", f"{good}\n\n{json.dumps(SCIERC | MISTAKES[message])}\n")
    assert refusal(Jsonl(), path) == f"f.jsonl:3: {message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "f.jsonl:1: is no JSON (Expecting property name"),
        ("[1]", "f.jsonl:1: the JSON is a list; give an object"),
        ("[" * 100_000, "f.jsonl:1: is no JSON (nested too deeply); "),
        ("9" * 5000, "f.jsonl:1: is no JSON (Exceeds the limit"),
        ("", "f.jsonl:1: holds no documents; "),
    ],
)
def test_lines_that_are_no_objects(tmp_path: Path, line: str, message: str) -> None:
    assert refusal(Jsonl(), put(tmp_path, "f.jsonl", line)).startswith(message)


def test_contradictions_are_found(tmp_path: Path) -> None:
    with pytest.raises(
        FormatError, match=r"f.jsonl:1: document 'X96-1059' has a span \(7, 9\) outside its 9 words"
    ):
        read(tmp_path, ner=[[], [[7, 9, "A"]]])


@given(documents(laid_out=True))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.jsonl.gz"
    pair = [document, document.replace(id=document.id + "'")]
    assert there_and_back(Jsonl(), pair, path) == pair


def test_the_schema_that_is_written(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    Jsonl().write([read(tmp_path)], path)
    written = json.loads(path.read_text())
    assert written == {
        key: SCIERC[key] for key in ("doc_key", "sentences", "ner", "relations", "clusters")
    } | {"mentions": SCIERC["ner"]}


def test_an_argument_whose_type_would_be_lost_is_refused(tmp_path: Path) -> None:
    relation = Relation(Span(0, 0, "PER"), Span(1, 1), "R")
    with pytest.raises(
        FormatError, match=r"document 'd' has an argument \(0, 0, 'PER'\) that is no mention of this type"
    ):
        Jsonl().write([Document("d", ("a", "b"), mentions=(), relations=(relation,))], tmp_path / "f.jsonl")
