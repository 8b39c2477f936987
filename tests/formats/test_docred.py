import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from strategies import entangled

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Docred, FormatError


def mention(sentence: int, start: int, end: int, kind: str) -> dict[str, Any]:
    return {"name": "?", "sent_id": sentence, "pos": [start, end], "type": kind}


ARTICLE: dict[str, Any] = {
    "title": "Skai TV",
    "sents": [
        ["Skai", "TV", "is", "in", "Piraeus", "."],
        ["It", "left", "Piraeus", "for", "Athens"],
        ["Skai", "is"],
    ],
    "vertexSet": [
        [mention(0, 0, 2, "ORG"), mention(2, 0, 1, "ORG"), mention(2, 0, 1, "ORG")],
        [mention(0, 4, 5, "LOC"), mention(1, 2, 3, "LOC")],
        [mention(1, 4, 5, "LOC")],
    ],
    "labels": [
        {"h": 0, "t": 1, "r": "P159", "evidence": [0]},
        {"h": 1, "t": 2, "r": "P47", "evidence": []},
        {"h": 0, "t": 2, "r": "P159", "evidence": [1]},
    ],
}
TEXT = json.dumps([ARTICLE, {"title": "Skai TV", "sents": [["a"]]}])
SKAI_TV, SKAI = Span(0, 1, "ORG"), Span(11, 11, "ORG")
PIRAEUS, PIRAEUS_AGAIN, ATHENS = Span(4, 4, "LOC"), Span(8, 8, "LOC"), Span(10, 10, "LOC")


def test_entities_are_clusters_and_relations_join_the_nearest_mentions(tmp_path: Path) -> None:
    first, second = Docred().read(put(tmp_path, "dev.json", TEXT))
    assert first.sentences == ((0, 5), (6, 10), (11, 12)) and (first.id, second.id) == (
        "Skai TV",
        "Skai TV#2",
    )
    assert first.mentions == (SKAI_TV, PIRAEUS, PIRAEUS_AGAIN, ATHENS, SKAI)
    assert first.clusters == (((0, 1), (11, 11)), ((4, 4), (8, 8)), ((10, 10),))
    assert set(first.relations or ()) == {
        Relation(SKAI_TV, PIRAEUS, "P159"),
        Relation(PIRAEUS_AGAIN, ATHENS, "P47"),
        Relation(SKAI, ATHENS, "P159"),  # no sentence has both
    }
    assert second.mentions is second.clusters is second.relations is None


def test_relations_may_join_all_mentions_of_a_sentence(tmp_path: Path) -> None:
    article = {
        **ARTICLE,
        "vertexSet": [*ARTICLE["vertexSet"][:2], [mention(1, 0, 1, "ORG"), mention(1, 4, 5, "LOC")]],
    }
    (document,) = Docred(arguments="all").read(put(tmp_path, "f.json", json.dumps([article])))
    it = Span(6, 6, "ORG")
    assert set(document.relations or ()) == {
        Relation(SKAI_TV, PIRAEUS, "P159"),
        *(Relation(PIRAEUS_AGAIN, tail, "P47") for tail in (it, ATHENS)),
        Relation(SKAI, ATHENS, "P159"),
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"sent_id": 1',
            '"sent_id": 3',
            "'vertexSet[1][1].sent_id' is sentence 3 of 3; count the sentences from 0",
        ),
        ("[2, 3]", "[2, 6]", "'vertexSet[1][1].pos' is no part of sentence 1, which has 5 words; count"),
        ('"h": 1', '"h": -1', "'labels[1].h' is entity -1 of 3; count the entities from 0"),
        ('["Skai", "is"]', "[]", "'sents' has no words in sentence 2; remove it"),
        ('"r": "P47"', '"r": 47', "'labels[1].r' is an integer; give a string"),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TEXT.count(old)
    assert refusal(Docred(), put(tmp_path, "f.json", TEXT.replace(old, new, 1))).startswith(
        f"f.json:1: {message}"
    )


@given(document=entangled("mentions", within=True))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.json"
    (read,) = there_and_back(Docred(), [document], path)
    clusters = document.clusters or ()
    alone = {span.bounds for span in document.mentions or ()} - {bounds for c in clusters for bounds in c}
    assert read.replace(relations=None) == document.replace(
        clusters=(*clusters, *((bounds,) for bounds in alone)), relations=None
    )
    entity = {bounds: cluster for cluster in read.clusters or () for bounds in cluster}

    def triples(of: Document) -> set[Any]:
        return {(entity[r.head.bounds], entity[r.tail.bounds], r.label) for r in of.relations or ()}

    assert triples(read) == triples(document)
    # what is read is written and read as it is, whichever mentions relations join
    for form in (Docred(), Docred(arguments="all")):
        (again,) = there_and_back(form, [read], path)
        assert there_and_back(form, [again], path) == [again] and triples(again) == triples(read)
    assert there_and_back(Docred(), [read], path) == [read]


@given(document=entangled("mentions", ("clusters",), within=True))
def test_no_two_mentions_are_nearer(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    clusters = document.clusters or ()
    path = tmp_path_factory.mktemp("f") / "f.json"
    spans = {span.bounds: span for span in document.mentions or ()}
    relations = [Relation(spans[a[0]], spans[b[0]], "r") for a, b in product(clusters, clusters) if a != b]
    (read,) = there_and_back(Docred(), [document.replace(relations=tuple(relations))], path)
    number, entity = read.sentence_of(), {bounds: c for c in read.clusters or () for bounds in c}

    def distance(a: tuple[int, int], b: tuple[int, int]) -> tuple[bool, int]:
        (_, end), (start, _) = sorted((a, b))
        return number[a[0]] != number[b[0]], start - end

    for head, tail, _ in read.relations or ():
        pairs = product(entity[head.bounds], entity[tail.bounds])
        assert distance(head.bounds, tail.bounds) == min(distance(*pair) for pair in pairs)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"clusters": (((0, 0), (1, 1)),)}, "a cluster with (1, 1), none of its mentions"),
        ({"mentions": (Span(1, 2, "A"),)}, "mentions that cross sentences"),
    ],
)
def test_what_it_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    document = Document("d", tuple("abc"), ((0, 1), (2, 2)), mentions=(Span(0, 0, "A"),)).replace(**changes)
    with pytest.raises(FormatError) as caught:
        Docred().write([document], tmp_path / "f.json")
    assert f"document 'd' has {what}" in str(caught.value)


@pytest.mark.parametrize("options", [{"layer": "clusters"}, {"arguments": "some"}])
def test_unknown_options_are_named(options: dict[str, str]) -> None:
    with pytest.raises(
        ConfigurationError, match=f"^{next(iter(options))}: '.*choose from|entities or mentions"
    ):
        Docred(**options)


def test_entities_without_relations_are_no_annotation_with_relations(tmp_path: Path) -> None:
    articles = [{key: value for key, value in ARTICLE.items() if key != "labels"}]
    (document,) = Docred().read(put(tmp_path, "f.json", json.dumps(articles)))
    assert document.relations is None and len(document.clusters or ()) == 3


@pytest.mark.parametrize("layers", [{}, {"mentions": (), "clusters": ()}])
def test_texts_alone_are_written(tmp_path: Path, layers: dict[str, Any]) -> None:
    document = Document("d", tuple("abc"), ((0, 1), (2, 2)), **layers)
    assert there_and_back(Docred(), [document], tmp_path / "f.json") == [document]
