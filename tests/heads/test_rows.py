"""Rows and documents."""

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Document, Span
from hmtl.heads.rows import check_layer, document_spans, flatten, gold_spans, label_indices, sentence_rows


def test_sentence_rows_count_over_documents(make_document):
    documents = [make_document([3, 2]), make_document([4]), make_document([1, 1])]
    assert list(sentence_rows(documents)) == [
        (0, 0, 0, 2),
        (1, 0, 3, 4),
        (2, 1, 0, 3),
        (3, 2, 0, 0),
        (4, 2, 1, 1),
    ]


def test_flatten_keeps_the_order_of_words(make_document, make_level):
    documents = [make_document([3, 2]), make_document([4])]
    level = make_level(documents, padding=3)
    words = flatten(level.outputs, level.mask)
    assert words.equal(torch.cat([level.outputs[0, :3], level.outputs[1, :2], level.outputs[2, :4]]))


@given(
    lengths=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=1, max_size=3),
    data=st.data(),
)
def test_gold_spans_in_rows_return_to_their_documents(lengths, data):
    documents, inside = [], []
    for sentence_lengths in lengths:
        total = sum(sentence_lengths)
        bounds = st.tuples(st.integers(0, total - 1), st.integers(0, total - 1)).map(sorted).map(tuple)
        spans = data.draw(st.lists(bounds, unique=True, max_size=5))
        ends = [sum(sentence_lengths[: i + 1]) - 1 for i in range(len(sentence_lengths))]
        sentences = [(e - n + 1, e) for e, n in zip(ends, sentence_lengths, strict=True)]
        document = Document("d", ["w"] * total, sentences, mentions=[(s, e, "X") for s, e in spans])
        sentence_of = document.sentence_of()
        documents.append(document)
        inside.append(tuple(s for s in document.mentions if sentence_of[s.start] == sentence_of[s.end]))
    placed = list(gold_spans(documents, "mentions", "emd"))
    found = [(s.row, s.start, s.end, s.span.label) for _, spans, _ in placed for s in spans]
    assert document_spans(found, documents) == inside
    assert [crossing for _, _, crossing in placed] == [
        len(d.mentions) - len(kept) for d, kept in zip(documents, inside, strict=True)
    ]
    assert all(s.span in document.mentions for document, spans, _ in placed for s in spans)


def test_found_spans_are_sorted(make_document):
    found = [(1, 1, 1, "B"), (1, 0, 1, "A"), (0, 0, 0, "A")]
    assert document_spans(found, [make_document([2, 2])]) == [
        (Span(0, 0, "A"), Span(2, 3, "A"), Span(3, 3, "B"))
    ]


def test_missing_layer_names_the_place(make_document):
    with pytest.raises(
        ConfigurationError, match=r"^data.txt:7: the document has no layer 'mentions', .*'emd'.*; annotate"
    ):
        list(gold_spans([make_document([2])], "mentions", "emd"))


def test_label_indices(make_document):
    assert label_indices(["A", "B"], "B", make_document([1]), "ner") == 1
    expected = (
        r"^data.txt:7: label 'C' is not among the labels of task 'ner' \(A, B\); "
        r"train on data that has it, or add it to vocabulary.tokens_to_add.ner_labels$"
    )
    with pytest.raises(ConfigurationError, match=expected):
        label_indices(["A", "B"], "C", make_document([1]), "ner")


def test_check_layer():
    assert check_layer("mentions", "emd") == "mentions"
    with pytest.raises(
        ConfigurationError, match="model.heads.emd.layer: 'clusters' is unknown; choose entities or mentions"
    ):
        check_layer("clusters", "emd")
