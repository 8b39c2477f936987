"""Documents of several sentences in formats of one object a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import documents

from formats.helpers import put, refusal, there_and_back
from hmtl.dataset_readers.split import split_sentences
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Crossre, Format, FormatError, Jsonl, Spert

FORMS = [Spert, Crossre]
A, B = Span(1, 1, "PER"), Span(3, 4, "ORG")
TWO = Document("d", tuple("abcde"), ((0, 1), (2, 4)), entities=(A, B), relations=(Relation(B, B, "r"),))


def among_entities(document: Document) -> Document:
    """The document with the relations whose arguments are entities, each of one type."""
    types = {span.bounds: span for span in document.entities or ()}
    kept = (r for r in document.relations or () if {r.head.bounds, r.tail.bounds} <= set(types))
    relations = tuple({Relation(types[r.head.bounds], types[r.tail.bounds], r.label) for r in kept})
    return document.replace(relations=None if document.relations is None else relations)


@pytest.mark.parametrize("form", FORMS)
@given(document=documents(("entities", "relations"), within=True))
def test_sentences_are_written_apart_and_joined_again(
    tmp_path_factory: pytest.TempPathFactory, form: type[Format], document: Document
) -> None:
    document = among_entities(document)
    given = [document, document.replace(id=document.id + "+")]
    path = tmp_path_factory.mktemp("f") / "f.json"
    assert there_and_back(form(join=True), given, path) == given
    # read without join, each sentence is the document that the readers of tasks would make of it
    found = list(form().read(path))
    apart = [part for each in given for part in split_sentences(each)]
    assert [(d.tokens, d.entities, d.relations) for d in found] == [
        (part.tokens, part.entities, part.relations) for part in apart
    ]
    assert len({d.id for d in found}) == len(found)


@pytest.mark.parametrize(("form", "key"), [(Spert, "orig_id"), (Crossre, "doc_key")])
def test_each_sentence_keeps_the_id_of_its_document(tmp_path: Path, form: type[Format], key: str) -> None:
    form().write([TWO, TWO.replace(id="e", sentences=())], tmp_path / "f.json")
    lines = (tmp_path / "f.json").read_text().splitlines()
    assert [json.loads(line.strip("[],\n"))[key] if key == "doc_key" else key in line for line in lines] == (
        ["d", "d", "e"] if key == "doc_key" else [True] * 3
    )
    assert [d.id for d in form().read(tmp_path / "f.json")] == ["d", "d#2", "e"]
    assert [d.id for d in form(join=True).read(tmp_path / "f.json")] == ["d", "e"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"entities": (A, B, Span(1, 2, "X"))}, "entities that cross sentences"),
        ({"relations": (Relation(A, B, "r"),)}, "relations that cross sentences"),
    ],
)
def test_what_crosses_sentences_is_refused(
    tmp_path: Path, form: type[Format], changes: dict[str, Any], what: str
) -> None:
    with pytest.raises(FormatError, match=f"document 'd' has {what}, which .* cannot hold; write jsonl"):
        form().write([TWO.replace(**changes)], tmp_path / "f.json")


def test_sentences_without_an_id_or_with_an_odd_one_are_not_joined(tmp_path: Path) -> None:
    rows = [{"sentence": ["a"], "ner": []}, {"sentence": ["b"], "ner": []}]
    path = put(tmp_path, "f.json", "\n".join(map(json.dumps, rows)))
    assert [d.tokens for d in Crossre(join=True).read(path)] == [("a",), ("b",)]
    path = put(tmp_path, "g.json", "\n".join(json.dumps({**row, "doc_key": [1]}) for row in rows))
    assert refusal(Crossre(join=True), path) == "g.json:1: 'doc_key' is a list; give a string"


def test_sentences_with_other_layers_are_not_joined(tmp_path: Path) -> None:
    rows = [{"sentence": ["a"], "ner": [], "doc_key": "d"}, {"sentence": ["b"], "doc_key": "d"}]
    path = put(tmp_path, "f.json", "\n".join(map(json.dumps, rows)))
    message = "f.json:2: has no entities, unlike another sentence of document 'd'; annotate both, or read "
    assert refusal(Crossre(join=True), path) == message + "without join"
    assert len(list(Crossre().read(path))) == 2


def test_the_projects_own_corpus_survives(tmp_path: Path, project_root: Path) -> None:
    for document in Jsonl().read(project_root / "corpus" / "dev.jsonl"):
        parts = list(split_sentences(document))
        kept = tuple(
            Relation(*(Span(s.start + start, s.end + start, s.label) for s in (r.head, r.tail)), r.label)
            for part, (start, _) in zip(parts, document.sentences, strict=True)
            for r in part.relations or ()
        )
        plain = Document(
            document.id, document.tokens, document.sentences, mentions=document.mentions, relations=kept
        )
        assert there_and_back(Spert("mentions", join=True), [plain], tmp_path / "f.json") == [plain]
