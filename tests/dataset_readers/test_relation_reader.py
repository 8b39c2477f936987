"""Which spans are arguments, decided without holding the documents."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.dataset_readers import RelationReader
from hmtl.documents import LAYERS, Document
from hmtl.formats import Jsonl

annotated = st.sets(st.sampled_from(LAYERS))


class Documents:
    """Documents that count how often they are gone through, and how many are taken."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents, self.begun, self.read = documents, 0, 0

    def __iter__(self) -> Iterator[Document]:
        self.begun += 1
        for document in self.documents:
            self.read += 1
            yield document


def corpus(layers: list[set[str]]) -> Documents:
    return Documents([Document(str(i), ("a",), **dict.fromkeys(own, ())) for i, own in enumerate(layers)])


def expected(documents: list[Document]) -> tuple[list[Document], int]:
    """With all documents at hand; and how many lose their entities."""
    learned = [d for d in documents if d.relations is not None]
    has_mentions = any(d.mentions is not None for d in learned)
    lose = {d.id for d in learned if has_mentions and d.mentions is None and d.entities is not None}
    return [d.replace(entities=None) if d.id in lose else d for d in documents], len(lose)


@given(st.lists(annotated, max_size=6))
def test_it_is_as_if_all_documents_were_at_hand(layers: list[set[str]]) -> None:
    documents, records = corpus(layers), []
    logger, handler = logging.getLogger("hmtl.dataset_readers.relation"), logging.Handler()
    handler.emit = records.append
    logger.addHandler(handler)
    try:
        found = list(RelationReader(Jsonl()).prepare(documents, "data"))
    finally:
        logger.removeHandler(handler)
    wanted, lose = expected(documents.documents)
    assert found == wanted
    assert [f" {lose} of " in record.getMessage() for record in records] == [True] * bool(lose)
    assert documents.begun <= 2


def test_documents_are_taken_one_by_one() -> None:
    documents = corpus([{"relations", "mentions"}] * 5 + [{"relations", "entities"}] * 5)
    for number, _ in enumerate(RelationReader(Jsonl()).prepare(documents, "data"), start=1):
        assert documents.read == number


def test_what_is_read_twice_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        '{"doc_key": "a", "sentences": [["x"]], "ner": [[]], "mentions": null, "relations": [[]], "odd": 1}\n'
        '{"doc_key": "b", "sentences": [["y"]], "mentions": [[]], "relations": [[]]}\n'
    )
    with caplog.at_level(logging.WARNING):
        a, b = RelationReader(Jsonl()).parts(str(path))
    assert a.entities is None and b.mentions == ()
    told = [record.getMessage() for record in caplog.records]
    assert [message for message in told if '"odd"' in message] == [told[0]]
    assert "learns no arguments from 1 of 2 documents" in told[1] and len(told) == 2
