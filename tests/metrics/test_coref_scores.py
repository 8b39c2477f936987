"""MUC, B³ and CEAFe against published examples, their definitions and identities."""

from collections.abc import Callable
from itertools import permutations

import pytest
from allennlp.common.testing import run_distributed_test
from hypothesis import given, settings
from hypothesis import strategies as st

from hmtl.metrics.coref_scores import SCORES, CorefScores
from hmtl.metrics.mention_recall import MentionRecall
from hmtl.metrics.overlap import Counts, Overlap

# Cases A, D to L, M and N of the reference scorer (Pradhan et al. 2014), and the (recall, precision) that its
# own tests expect. A cluster is a word, a mention a letter.
A = "a bc def"
PUBLISHED = [
    (A, "a bc def", {"muc": (1, 1), "b_cubed": (1, 1), "ceafe": (1, 1)}),
    (A, "a de", {"muc": (1 / 3, 1), "b_cubed": (7 / 18, 1), "ceafe": (0.6, 0.9)}),
    (A, "a bcx defy z", {"muc": (1, 3 / 5), "b_cubed": (1, 55 / 108), "ceafe": (0.88571, 0.66429)}),
    (A, "a bcx dy z", {"muc": (1 / 3, 1 / 3), "b_cubed": (5 / 9, 17 / 42), "ceafe": (0.73333, 0.55)}),
    (A, "a bcxB dy z", {"muc": (1 / 3, 1 / 4), "b_cubed": (5 / 9, 5 / 16), "ceafe": (0.68889, 0.51667)}),
    (A, "a bcx dy Bz", {"muc": (1 / 3, 1 / 4), "b_cubed": (5 / 9, 17 / 48), "ceafe": (0.73333, 0.55)}),
    (A, "a b c d e f", {"muc": (0, 0), "b_cubed": (1 / 2, 1)}),
    (A, "abcdef", {"muc": (1, 3 / 5), "b_cubed": (1, 7 / 18)}),
    (A, "a x y c d e z", {"muc": (0, 0), "b_cubed": (13 / 36, 4 / 7)}),
    (A, "axycdez", {"muc": (1 / 3, 1 / 6), "b_cubed": (17 / 36, 6 / 49)}),
    # Bagga and Baldwin (1998), figures 1 to 3
    ("12345 67 89ABC", "12345 6789ABC", {"muc": (1, 9 / 10), "b_cubed": (1, 16 / 21)}),
    ("12345 67 89ABC", "1234589ABC 67", {"muc": (1, 9 / 10), "b_cubed": (1, 7 / 12)}),
    # Vilain et al. (1995)
    ("ABCD", "AB CD", {"muc": (2 / 3, 1)}),
    ("AB CD", "ABCD", {"muc": (1, 2 / 3)}),
    ("ABC", "AC", {"muc": (1 / 2, 1)}),
    ("BCDEGHJ", "ABC DEF GHI", {"muc": (3 / 6, 3 / 6)}),
    ("ABC DEFG", "AB CD FGH", {"muc": (2 / 5, 2 / 4)}),
    ("abcdef", "a b c d e f", {"muc": (0, 0)}),
    ("a b c d e f", "a b c d e f", {"muc": (0, 0), "b_cubed": (1, 1), "ceafe": (1, 1)}),
    ("a b c d e f", "a b c x y z", {"muc": (0, 0)}),
]
# Luo (2005), table 1: φ4-CEAF of four responses to one key.
LUO = [
    ("12345 6789ABC", 0.733),
    ("1234589ABC 67", 0.667),
    ("123456789ABC", 0.294),
    ("1 2 3 4 5 6 7 8 9 A B C", 0.178),
]

partitions = st.lists(st.integers(0, 4), max_size=9).map(
    lambda homes: [{m for m, h in enumerate(homes) if h == c} for c in sorted(set(homes))]
)


def shifted(partition: list[set[int]], by: int) -> list[set[int]]:
    return [{mention + by for mention in cluster} for cluster in partition]


def scores(response: list, key: list, keep_singletons: bool = True) -> dict[str, float]:
    metric = CorefScores(keep_singletons)
    metric(response, key)
    return metric.get_metric(reset=True)


@pytest.mark.parametrize(("key", "response", "expected"), PUBLISHED)
def test_published_cases(key: str, response: str, expected: dict[str, tuple[float, float]]) -> None:
    got = scores(response.split(), key.split())
    for name, (recall, precision) in expected.items():
        assert got[f"{name}_recall"] == pytest.approx(recall, abs=1e-5)
        assert got[f"{name}_precision"] == pytest.approx(precision, abs=1e-5)
        f1 = 2 * recall * precision / (recall + precision) if recall else 0
        assert got[f"{name}_f1"] == pytest.approx(f1, abs=1e-5)


@pytest.mark.parametrize(("response", "f1"), LUO)
def test_luo(response: str, f1: float) -> None:
    assert scores(response.split(), ["12345", "67", "89ABC"])["ceafe_f1"] == pytest.approx(f1, abs=5e-4)


def muc_recall(key: list[set[int]], response: list[set[int]]) -> tuple[float, float]:
    """Through the partition p(K) itself, missing mentions as parts of their own."""
    home = {mention: number for number, cluster in enumerate(response) for mention in cluster}
    parts = [{home.get(mention, ("alone", mention)) for mention in cluster} for cluster in key]
    return sum(len(k) - len(p) for k, p in zip(key, parts, strict=True)), sum(len(k) - 1 for k in key)


def b_cubed_recall(key: list[set[int]], response: list[set[int]]) -> tuple[float, float]:
    """Mention by mention."""
    total = 0.0
    for cluster in key:
        for mention in cluster:
            other = next((c for c in response if mention in c), set())
            total += len(cluster & other) / len(cluster)
    return total, sum(map(len, key))


def ceafe_recall(key: list[set[int]], response: list[set[int]]) -> tuple[float, float]:
    """Over all one-to-one alignments."""
    small, large = sorted((key, response), key=len)
    phi = lambda k, r: 2 * len(k & r) / (len(k) + len(r))  # noqa: E731
    alignments = permutations(large, len(small))
    return max(sum(map(phi, small, chosen)) for chosen in alignments), len(key)


BRUTE: dict[str, Callable] = {"muc": muc_recall, "b_cubed": b_cubed_recall, "ceafe": ceafe_recall}


@settings(deadline=None, max_examples=150)
@given(partitions, partitions, st.integers(0, 4))
def test_definitions(response: list[set[int]], key: list[set[int]], shift: int) -> None:
    response = shifted(response, shift)
    for name, score in SCORES.items():
        counts = score(Overlap.of(response, key))
        expected = Counts(*BRUTE[name](response, key), *BRUTE[name](key, response))
        assert counts == pytest.approx(expected), name


@settings(deadline=None, max_examples=60)
@given(partitions, partitions)
def test_precision_and_recall_swap(response: list[set[int]], key: list[set[int]]) -> None:
    forth, back = scores(response, key), scores(key, response)
    for name in (*SCORES, "coref"):
        assert forth[f"{name}_precision"] == pytest.approx(back[f"{name}_recall"])
        assert forth[f"{name}_f1"] == pytest.approx(back[f"{name}_f1"])


@given(partitions)
def test_perfect(key: list[set[int]]) -> None:
    got = scores(key[::-1], key)
    has_links = any(len(cluster) > 1 for cluster in key)
    assert all(got[f"muc_{n}"] == has_links for n in ("precision", "recall", "f1"))
    for score in ("b_cubed", "ceafe"):
        for n in ("precision", "recall", "f1"):
            assert got[f"{score}_{n}"] == pytest.approx(1.0 if key else 0.0)


@settings(deadline=None, max_examples=60)
@given(partitions, partitions)
def test_without_singletons(response: list[set[int]], key: list[set[int]]) -> None:
    linked = [[c for c in side if len(c) > 1] for side in (response, key)]
    assert scores(response, key, keep_singletons=False) == scores(*linked, keep_singletons=True)


@given(partitions, partitions)
def test_conll_is_the_mean(response: list[set[int]], key: list[set[int]]) -> None:
    got = scores(response, key)
    for n in ("precision", "recall", "f1"):
        assert got[f"coref_{n}"] == pytest.approx(sum(got[f"{s}_{n}"] for s in SCORES) / 3)


def test_documents_count_by_their_mentions() -> None:
    """Summed over documents, not averaged: as if both stood in one document with other mentions."""
    documents = [(["a", "bcx", "dy", "z"], ["a", "bc", "def"]), (["12345", "6789"], ["12345", "67", "89"])]
    metric = CorefScores()
    for response, key in documents:
        metric(response, key)
    together = scores(documents[0][0] + documents[1][0], documents[0][1] + documents[1][1])
    assert metric.get_metric(reset=True) == pytest.approx(together)
    assert set(metric.get_metric().values()) == {0.0}


def test_mention_recall() -> None:
    metric = MentionRecall()
    metric([(0, 1), (2, 2), (5, 7)], [(0, 1), (2, 3), (5, 7), (8, 8)])
    metric([], [(0, 0)])
    assert metric.get_metric(reset=True) == {"mention_recall": 2 / 5}
    assert metric.get_metric() == {"mention_recall": 0.0}


def score_a_share(rank: int, world_size: int, device: int, expected: dict[str, float]) -> None:
    """One worker has two documents, the other one."""
    metric, recall = CorefScores(), MentionRecall()
    for key, response, _ in PUBLISHED[3:5] if rank == 0 else PUBLISHED[10:11]:
        metric(response.split(), key.split())
        recall("".join(response.split()), "".join(key.split()))
    assert {**metric.get_metric(), **recall.get_metric()} == pytest.approx(expected)
    assert metric.get_metric() == metric.get_metric(reset=True)


def test_workers_add_up() -> None:
    metric, recall = CorefScores(), MentionRecall()
    for key, response, _ in PUBLISHED[3:5] + PUBLISHED[10:11]:
        metric(response.split(), key.split())
        recall("".join(response.split()), "".join(key.split()))
    run_distributed_test([-1, -1], score_a_share, expected={**metric.get_metric(), **recall.get_metric()})
