"""The real corpora in JSON are read whole, say what their publishers say, and survive other formats."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formats.helpers import corpus, there_and_back
from hmtl.documents import Document
from hmtl.formats import Brat, Dfki, Docred, DocumentLines, Format, Jsonl, Spacy, Spans, Spert, sniff

# sentences, words, entities, relations and empty words
FIRE = {
    "train": (1925, 59118, 10188, 5587, 17),
    "dev": (412, 12254, 2165, 1247, 1),
    "test": (412, 12636, 2264, 1266, 5),
}
# sentences, words, entities, mentions, relations, those in one sentence
REDOCRED = {"dev": (4110, 101970, 9684, 13189, 17284, 7982), "test": (3966, 98734, 9779, 13018, 17448, 8156)}
# organizations, products, triggers, relations, chains
DFKI = {
    "train": (3198, 2827, 601, 798, 779),
    "dev": (398, 342, 87, 128, 100),
    "test": (301, 442, 107, 96, 83),
}


def total(documents: list[Document], field: str) -> int:
    return sum(len(getattr(document, field)) for document in documents)


def plain(documents: list[Document]) -> list[Document]:
    return [document.replace(source="") for document in documents]


@pytest.mark.parametrize("split", FIRE)
def test_fire(data_root: Path, tmp_path: Path, split: str) -> None:
    path = corpus(data_root, "fire_v0") / f"fire_{split}.json.gz"
    form = sniff(path)
    assert form.name == "spert"
    documents = list(form.read(path))
    sentences, words, entities, relations, empty = FIRE[split]
    assert len(documents) == sentences and total(documents, "tokens") == words - empty
    assert (total(documents, "entities"), total(documents, "relations")) == (entities, relations)
    for other, name in ((Spert(), "f.json"), (DocumentLines(), "f.jsonl")):
        assert there_and_back(other, documents, tmp_path / name) == plain(documents)


@pytest.mark.parametrize("split", REDOCRED)
def test_redocred(data_root: Path, tmp_path: Path, split: str) -> None:
    path = corpus(data_root, "redocred") / f"{split}_revised.json.gz"
    assert sniff(path).name == "docred"
    documents = list(Docred().read(path))
    sentences, words, entities, mentions, relations, _ = REDOCRED[split]
    articles = json.loads(gzip.decompress(path.read_bytes()))
    assert (len(documents), total(documents, "sentences"), total(documents, "tokens")) == (
        500,
        sentences,
        words,
    )
    assert mentions == sum(len(vertex) for article in articles for vertex in article["vertexSet"])
    doubles = sum(_doubles(article) for article in articles)
    assert total(documents, "mentions") == mentions - doubles
    # in each file one mention stands in two entities, which are one here; so may their relations be
    assert total(documents, "clusters") == entities - 1
    assert total(documents, "relations") == sum(_distinct(article) for article in articles) <= relations
    for form in (Docred(), Docred(arguments="all")):
        read = list(form.read(path))
        assert there_and_back(form, read, tmp_path / "f.json") == plain(read)


def test_redocred_relations_join_mentions_of_one_sentence_if_there_are_any(data_root: Path) -> None:
    for split, counts in REDOCRED.items():
        joined = 0
        for document in Docred().read(corpus(data_root, "redocred") / f"{split}_revised.json.gz"):
            number = document.sentence_of()
            joined += sum(number[r.head.start] == number[r.tail.start] for r in document.relations or ())
        # less the few of the entities that are one
        assert counts[-1] - 3 <= joined <= counts[-1]


def _doubles(article: dict[str, Any]) -> int:
    found = [(m["sent_id"], *m["pos"], m["type"]) for vertex in article["vertexSet"] for m in vertex]
    return len(found) - len(set(found))


def _distinct(article: dict[str, Any]) -> int:
    """The relations if entities that share a mention are one."""
    places = [{(m["sent_id"], *m["pos"]) for m in vertex} for vertex in article["vertexSet"]]
    first = [next(j for j, other in enumerate(places) if place & other) for place in places]
    return len({(first[label["h"]], first[label["t"]], label["r"]) for label in article["labels"]})


@pytest.mark.parametrize("split", DFKI)
def test_dfki(data_root: Path, tmp_path: Path, split: str) -> None:
    path = corpus(data_root, "dfki_product") / f"v2_20190618/{split}.json.gz"
    assert sniff(path).name == "dfki"
    documents = list(Dfki().read(path))
    organizations, products, triggers, relations, chains = DFKI[split]
    kinds = Counter(mention.label for document in documents for mention in document.mentions or ())
    assert kinds == {"organization": organizations, "product": products, "trigger": triggers}
    raw = list(_objects(gzip.decompress(path.read_bytes()).decode()))
    related = [relation for web in raw for relation in web["relationMentions"]["array"]]
    assert Counter(relation["name"] for relation in related) == {
        "CompanyProvidesProduct": relations,
        "Identity": chains,
    }
    # what is annotated is what stands there, character by character
    said = [{_surface(concept) for concept in web["conceptMentions"]["array"]} for web in raw]
    read = [{(d.span_text(s, e), label) for s, e, label in d.mentions or ()} for d in documents]
    assert read == said
    assert there_and_back(Dfki(), documents, tmp_path / "f.json") == plain(documents)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    position = 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        item, position = json.JSONDecoder().raw_decode(text, position)
        yield item


def _surface(concept: dict[str, Any]) -> tuple[str, str]:
    return concept["normalizedValue"]["string"], concept["type"]


@pytest.mark.parametrize(
    ("form", "name"),
    [(Brat(), "corpus"), (Spans(layer="mentions"), "f.jsonl"), (Spacy(), "f.spacy"), (Jsonl(), "g.jsonl")],
    ids=["brat", "spans", "spacy", "jsonl"],
)
def test_texts_come_back_from_other_formats(data_root: Path, tmp_path: Path, form: Format, name: str) -> None:
    documents = [
        form.fit(d) for d in Dfki().read(corpus(data_root, "dfki_product") / "v2_20190618/dev.json.gz")
    ]
    back = there_and_back(form, documents, tmp_path / name)
    if form.name == "brat":  # a folder is read in the order of its names
        documents.sort(key=lambda document: document.id)
        back.sort(key=lambda document: document.id)
    for first, second in zip(plain(documents), back, strict=True):
        # a DocBin has no ids, and no empty layer of clusters
        assert first.replace(id=second.id, clusters=first.clusters or None) == second.replace(
            clusters=second.clusters or None
        )
