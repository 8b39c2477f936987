"""Relation F1 in its three settings, against examples worked by hand."""

import pytest
from allennlp.common.testing.distributed_test import run_distributed_test
from allennlp.training.metrics import Metric
from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Relation, Span
from hmtl.metrics.relation_f1 import RelationF1

ANNA, BERT, ROME = Span(0, 1, "PER"), Span(4, 4, "PER"), Span(6, 8, "LOC")
GOLD = [Relation(ANNA, ROME, "LIVES"), Relation(BERT, ROME, "LIVES"), Relation(ANNA, BERT, "KNOWS")]


def scores(predicted, gold, **options):
    metric = RelationF1(**options)
    metric(predicted, gold)
    return metric.get_metric()


def test_each_setting_forgives_what_the_stricter_one_does_not():
    wrong_type = Relation(Span(0, 1, "ORG"), ROME, "LIVES")
    wrong_start = Relation(BERT, Span(7, 8, "LOC"), "LIVES")
    found = scores([wrong_type, wrong_start, GOLD[2]], GOLD)
    assert (found["strict_f1"], found["boundary_f1"], found["head_f1"]) == (1 / 3, 2 / 3, 1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        Relation(ROME, ANNA, "LIVES"),
        Relation(ANNA, ROME, "WORKS"),
        Relation(ANNA, Span(6, 7, "LOC"), "LIVES"),
    ],
    ids=["direction", "type", "last token"],
)
def test_no_setting_forgives(wrong):
    assert not any(scores([wrong], GOLD).values())


def test_precision_and_recall_are_of_all_documents_together():
    metric = RelationF1()
    metric(GOLD[:1], GOLD)
    metric([GOLD[0], GOLD[1]], [])
    metric([], [])
    found = metric.get_metric(reset=True)
    # 1 right of 3 predicted and 3 gold
    assert [found[f"strict_{name}"] for name in ("precision", "recall", "f1")] == [1 / 3, 1 / 3, 1 / 3]
    assert not any(metric.get_metric().values())


def test_the_original_leaves_out_texts_without_relations():
    honest, inflated = RelationF1(), RelationF1(relation_bearing_only=True)
    for metric in (honest, inflated):
        metric(GOLD, GOLD)
        metric(GOLD, [])
    assert honest.get_metric()["head_precision"] == 1 / 2
    assert inflated.get_metric()["head_precision"] == 1.0


def test_relations_that_a_setting_cannot_tell_apart_count_once():
    nested = [Relation(ANNA, ROME, "LIVES"), Relation(Span(1, 1, "PER"), ROME, "LIVES")]
    found = scores(nested[:1], nested)
    assert (found["strict_recall"], found["boundary_recall"], found["head_recall"]) == (1 / 2, 1 / 2, 1.0)
    assert scores(nested + nested, nested) == scores(nested, nested)


spans = st.builds(
    lambda start, more, label: Span(start, start + more, label),
    *[st.integers(0, 2)] * 2,
    st.sampled_from("AB"),
)
relations = st.lists(st.builds(Relation, spans, spans, st.sampled_from("RS")), max_size=12, unique=True)


@given(relations, relations)
def test_scores_are_fractions_and_swap_with_the_roles(predicted, gold):
    one, other = scores(predicted, gold), scores(gold, predicted)
    assert all(0 <= value <= 1 for value in one.values())
    for setting in ("strict", "boundary", "head"):
        assert one[f"{setting}_precision"] == other[f"{setting}_recall"]
        assert one[f"{setting}_f1"] == other[f"{setting}_f1"]
        p, r = one[f"{setting}_precision"], one[f"{setting}_recall"]
        assert one[f"{setting}_f1"] == pytest.approx(2 * p * r / (p + r) if p + r else 0.0)


def half_of_the_documents(rank: int, processes: int, device: int, documents, wanted) -> None:
    metric = RelationF1()
    for predicted, gold in documents[rank::processes]:
        metric(predicted, gold)
    assert metric.get_metric() == wanted
    assert metric.get_metric(reset=True) == wanted


def test_processes_report_the_scores_of_all_documents():
    documents = [(GOLD[:2], GOLD), ([], GOLD[:1]), (GOLD, [])]
    metric = RelationF1()
    for predicted, gold in documents:
        metric(predicted, gold)
    run_distributed_test([-1, -1], half_of_the_documents, documents, metric.get_metric())


def test_is_known_by_name():
    assert Metric.by_name("relation_f1") is RelationF1
    assert RelationF1.supports_distributed
