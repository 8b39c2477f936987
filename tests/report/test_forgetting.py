import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.report.forgetting import Cause, forgetting
from hmtl.report.run import Interference

SCORES = st.lists(st.floats(-100, 100) | st.just(math.nan), max_size=12).map(lambda s: dict(enumerate(s)))


def sampled(samples: dict[str, int], effect: dict[str, dict[str, float]]) -> Interference:
    return Interference(samples, {}, effect)


def test_by_hand() -> None:
    scores = {0: 50.0, 1: 70.0, 2: 66.0, 3: 60.0, 4: 63.0}
    interference = {
        1: sampled({"b": 9}, {"b": {"a": 99.0}}),  # before the drop: not to blame
        2: sampled({"a": 2, "b": 3}, {"a": {"a": -1.0}, "b": {"a": 0.5, "b": -7.0}}),
        3: sampled({"b": 4, "c": 1}, {"b": {"a": 0.25}, "c": {"a": 2.0}}),
        4: sampled({"c": 1}, {"c": {"a": -3.0}}),
    }
    found = forgetting("a", scores, interference)
    assert found.sizes == {0: 0, 1: 0, 2: 4, 3: 10, 4: 7}
    largest, final = found.largest, found.final
    assert (largest.epoch, largest.best_epoch, largest.size) == (3, 1, 10)
    assert largest.causes == (Cause("c", 2.0, 1), Cause("b", 0.75, 7), Cause("a", -1.0, 2))
    assert largest.culprits == largest.causes[:2]
    assert (final.epoch, final.best_epoch, final.size, final.sampled, final.epochs) == (4, 1, 7, 3, 3)
    assert final.culprits == (Cause("b", 0.75, 7),)


def test_without_samples_the_cause_is_unknown() -> None:
    found = forgetting("a", {0: 2.0, 1: 1.0, 2: 1.5}, {})
    assert (found.final.causes, found.final.sampled, found.final.epochs) == ((), 0, 2)


def test_says_in_how_many_epochs_an_effect_on_the_task_is_known() -> None:
    interference = {1: sampled({"b": 1}, {"b": {"b": 1.0}}), 2: sampled({"b": 1}, {"b": {"a": 1.0}})}
    final = forgetting("a", {0: 2.0, 1: 1.0, 2: 1.5}, interference).final
    assert (final.sampled, final.epochs, final.causes) == (1, 2, (Cause("b", 1.0, 1),))


def test_effects_that_are_no_numbers_count_for_nothing() -> None:
    interference = {1: sampled({"b": 5}, {"b": {"a": math.nan}, "c": {"a": math.inf}, "d": {"a": 1.0}})}
    assert forgetting("a", {0: 2.0, 1: 1.0}, interference).final.causes == (Cause("d", 1.0, 0),)


def test_an_epoch_without_a_number_has_no_drop() -> None:
    found = forgetting("a", {0: 3.0, 1: math.nan, 2: 2.0, 3: math.nan}, {})
    assert found.sizes == {0: 0, 2: 1} and found.final is None
    assert (found.largest.epoch, found.largest.epochs) == (2, 2)


@pytest.mark.parametrize("scores", [{}, {0: 1.0}, {0: math.nan}, {4: 1.0, 5: 1.0}, {0: 1.0, 1: 2.0, 2: 2.5}])
def test_nothing_is_forgotten(scores) -> None:
    found = forgetting("a", scores, {})
    assert found.largest is None and found.final is None


@given(SCORES)
def test_against_all_pairs_of_epochs(scores) -> None:
    found = forgetting("a", scores, {})
    drops = {
        (early, late): scores[early] - scores[late]
        for late in scores
        for early in scores
        if early <= late and not math.isnan(scores[early]) and not math.isnan(scores[late])
    }
    for late in found.sizes:
        assert found.sizes[late] == max(drop for (_, end), drop in drops.items() if end == late)
    assert (found.largest.size if found.largest else 0) == max(drops.values(), default=0)
    for drop in (found.largest, found.final):
        assert drop is None or drop.size == drops[drop.best_epoch, drop.epoch] > 0


@given(SCORES, st.lists(st.integers(-8, 8), min_size=12, max_size=12))
def test_causes_are_the_sums_of_the_epochs_between(scores, effects) -> None:
    interference = {e: sampled({"b": e}, {"b": {"a": float(x)}}) for e, x in enumerate(effects)}
    final = forgetting("a", scores, interference).final
    if final is not None:
        between = range(final.best_epoch + 1, final.epoch + 1)
        assert final.causes == (Cause("b", sum(effects[e] for e in between), sum(between)),)
        assert final.sampled == final.epochs == len(between)


@given(SCORES)
def test_only_differences_count(scores) -> None:
    moved = {epoch: 2 * score + 64 for epoch, score in scores.items()}
    one, other = forgetting("a", scores, {}), forgetting("a", moved, {})
    assert other.sizes == pytest.approx({epoch: 2 * size for epoch, size in one.sizes.items()}, abs=1e-9)
