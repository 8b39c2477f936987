"""Spans, their vectors and scores against loops."""

import math
from itertools import islice

import pytest
import torch
from coref_oracle import feed_forward, represent, spans_of
from hypothesis import given, settings
from hypothesis import strategies as st

from hmtl.documents import Document
from hmtl.heads.coref_scorer import SpanScorer
from hmtl.heads.coref_spans import (
    MentionScorer,
    SpanRepresentation,
    prefix_softmax,
    prune,
    span_grid,
    windows,
)

lengths = st.lists(st.integers(1, 6), min_size=1, max_size=5)


def tokens(sentence_lengths: list[int]) -> Document:
    ends = torch.tensor(sentence_lengths).cumsum(0).sub(1).tolist()
    sentences = [(end - n + 1, end) for end, n in zip(ends, sentence_lengths, strict=True)]
    return Document(id="d", tokens=["w"] * sum(sentence_lengths), sentences=sentences)


@given(lengths, st.integers(1, 8))
def test_grid_holds_the_spans_within_sentences(sentence_lengths: list[int], widest: int) -> None:
    document = tokens(sentence_lengths)
    grid = span_grid(document.sentences, widest, torch.device("cpu"))
    assert grid.shape == (len(document.tokens), widest)
    assert [(t, t + w) for t, w in grid.nonzero().tolist()] == spans_of(document, widest)


@settings(deadline=None)
@given(st.lists(lengths, min_size=1, max_size=3), st.integers(1, 5), st.floats(0.05, 3.0), st.integers(0, 99))
def test_pruning_keeps_the_best_of_each_document(
    texts: list[list[int]], widest: int, ratio: float, seed: int
) -> None:
    documents = [tokens(sentence_lengths) for sentence_lengths in texts]
    valid = torch.cat([span_grid(document.sentences, widest, torch.device("cpu")) for document in documents])
    scores = torch.randn(valid.shape, generator=torch.Generator().manual_seed(seed))
    sizes = [len(document.tokens) for document in documents]
    starts, ends, counts = prune(scores, valid, sizes, ratio)
    kept = iter(zip(starts.tolist(), ends.tolist(), strict=True))
    offset = 0
    for document, size, count in zip(documents, sizes, counts, strict=True):
        spans = [(offset + start, offset + end) for start, end in spans_of(document, widest)]
        ranked = sorted(spans, key=lambda s: -scores[s[0], s[1] - s[0]].item())
        assert list(islice(kept, count)) == sorted(ranked[: math.ceil(ratio * size)])
        offset += size
    assert next(kept, None) is None


def test_attention_is_a_softmax_over_the_span() -> None:
    """Also where the scores lie further apart than single precision's exponentials can hold."""
    logits = torch.tensor([[0.3, -2.0, 300.0, 1.0], [-500.0, 0.0, 500.0, 500.0]])
    weights = prefix_softmax(logits)
    for row in range(2):
        for width in range(4):
            expected = logits[row, : width + 1].double().softmax(0).float()
            torch.testing.assert_close(weights[row, width, : width + 1], expected)
            assert weights[row, width, width + 1 :].eq(0).all()


def test_windows() -> None:
    words = torch.arange(10).view(5, 2)
    assert windows(words, 3).tolist() == [words[t : t + 3].tolist() for t in range(3)]


@pytest.mark.parametrize("widest", [1, 3, 20])
def test_vectors_and_scores_against_loops(widest: int) -> None:
    document = tokens([4, 1, 7])
    inputs, outputs = torch.randn(12, 5).double(), torch.randn(12, 4).double()
    spans = SpanRepresentation(5, 4, 3, widest).double()
    scorer = MentionScorer(spans, hidden_dim=6, layers=2, dropout=0.5).double().eval()
    head = torch.nn.Module()
    head.spans = spans
    bounds = spans_of(document, widest)
    starts, ends = torch.tensor(bounds).unbind(1)
    vectors = spans(inputs, outputs, starts, ends)
    expected = torch.stack([represent(head, inputs, outputs, span) for span in bounds])
    torch.testing.assert_close(vectors, expected)
    scores = torch.stack([feed_forward(scorer.scorer, g) for g in expected])
    torch.testing.assert_close(scorer(vectors), scores)
    for budget in (2**30, 1):
        grid = scorer.grid(inputs, outputs, spans, budget)
        torch.testing.assert_close(grid[starts, ends - starts], scores)


def test_a_span_wider_than_the_limit_has_a_vector() -> None:
    """Gold mentions may be; they share the last width."""
    inputs, outputs = torch.randn(9, 5), torch.randn(9, 4)
    spans = SpanRepresentation(5, 4, 3, max_width=2)
    head = torch.nn.Module()
    head.spans = spans
    vector = spans(inputs, outputs, torch.tensor([0]), torch.tensor([8]))[0]
    torch.testing.assert_close(vector, represent(head, inputs, outputs, (0, 8)))
    assert spans(inputs, outputs, *torch.empty(2, 0, dtype=torch.long)).shape == (0, 16)


def test_scorer_in_parts() -> None:
    scorer = SpanScorer((2, 5, 3), hidden_dim=6, layers=3, dropout=0.3).double().eval()
    x = torch.randn(4, 10).double()
    parts = [p @ w.t() for p, w in zip(x.split((2, 5, 3), 1), scorer.parts(), strict=True)]
    torch.testing.assert_close(scorer.finish(sum(parts) + scorer.first.bias), scorer(x))
    torch.testing.assert_close(scorer(x), torch.stack([feed_forward(scorer, row) for row in x]))
