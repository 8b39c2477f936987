"""Exact span scores."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from allennlp.training.metrics import Metric
from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Span
from hmtl.metrics import SpanF1

spans = st.builds(Span, st.integers(0, 3), st.integers(4, 6), st.sampled_from("AB"))
texts = st.lists(st.tuples(st.lists(spans), st.lists(spans)), max_size=4)


def score(documents, labels=None):
    metric = SpanF1(labels)
    for predicted, gold in documents:
        metric(predicted, gold)
    return metric.get_metric()


def test_by_hand():
    gold = [Span(0, 1, "PER"), Span(0, 3, "ORG"), Span(5, 5, "PER")]
    # one exact, one with another label, one with another end; the last is missed
    predicted = [Span(0, 1, "PER"), Span(0, 3, "GPE"), Span(5, 6, "PER"), Span(5, 6, "PER")]
    assert score([(predicted, gold)]) == pytest.approx({"precision": 1 / 3, "recall": 1 / 3, "f1": 1 / 3})


def test_nothing_predicted_nothing_gold():
    assert score([([], [])]) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


@given(documents=texts)
def test_counts_pool_over_documents_and_f1_is_the_harmonic_mean(documents):
    pooled = [set(), set()]
    for number, pair in enumerate(documents):
        for side, items in zip(pooled, pair, strict=True):
            side.update((number, *span) for span in items)
    predicted, gold = pooled
    result = score(documents)
    assert result["precision"] * len(predicted) == pytest.approx(len(predicted & gold))
    assert result["recall"] * len(gold) == pytest.approx(len(predicted & gold))
    total = result["precision"] + result["recall"]
    assert result["f1"] * total == pytest.approx(2 * result["precision"] * result["recall"])


@given(documents=texts)
def test_label_scores_are_those_of_that_label_alone(documents):
    result = score(documents, ["A"])
    only = score([([s for s in p if s.label == "A"], [s for s in g if s.label == "A"]) for p, g in documents])
    assert {f"{name}_A": value for name, value in only.items()}.items() <= result.items()
    assert score(documents).items() <= result.items()


def test_reset_forgets():
    metric = Metric.by_name("exact_span_f1")()
    metric([Span(0, 0, "A")], [Span(0, 0, "A")])
    assert metric.get_metric(reset=True)["f1"] == 1.0
    assert metric.get_metric()["f1"] == 0.0


def _worker(rank: int, address: str, results) -> None:
    dist.init_process_group("gloo", init_method=address, rank=rank, world_size=2)
    metric = SpanF1(["A"])
    # the first worker has a perfect document, the second two wrong spans and one that it missed
    if rank == 0:
        metric([Span(0, 0, "A")], [Span(0, 0, "A")])
    else:
        metric([Span(1, 1, "A"), Span(2, 2, "B")], [Span(3, 3, "A")])
    twice = [metric.get_metric(), metric.get_metric(reset=True)]
    results[rank] = [*twice, metric.get_metric()]
    dist.destroy_process_group()


def test_workers_share_their_counts(tmp_path: Path):
    with mp.get_context("spawn").Manager() as manager:
        results = manager.dict()
        torch.multiprocessing.spawn(_worker, args=(f"file://{tmp_path}/rendezvous", results), nprocs=2)
        first, second = results[0], results[1]
    assert first == second and first[0] == first[1]
    expected = {
        "precision": 1 / 3,
        "recall": 1 / 2,
        "f1": 2 / 5,
        "precision_A": 1 / 2,
        "recall_A": 1 / 2,
        "f1_A": 1 / 2,
    }
    assert first[0] == pytest.approx(expected)
    assert set(first[2].values()) == {0.0}
