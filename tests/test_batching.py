"""Batches and their budgets."""

import numpy as np
import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from hmtl.batching import BatchBudget

shapes = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30)), max_size=40)
budgets = st.builds(
    BatchBudget,
    batch_size=st.integers(1, 6),
    max_words=st.none() | st.integers(1, 60),
    noise=st.sampled_from([0.0, 0.1, 0.9]),
)
seeds = st.none() | st.integers(0, 5)

Shapes = list[tuple[int, int]]


def deal(budget: BatchBudget, shapes: Shapes, seed: int | None) -> list[list[int]]:
    return budget.batches(shapes, None if seed is None else np.random.default_rng(seed))


def padded_words(batch: list[int], shapes: Shapes) -> int:
    return sum(shapes[i][0] for i in batch) * max(shapes[i][1] for i in batch)


@given(budgets, shapes, seeds)
def test_every_instance_is_in_exactly_one_batch(
    budget: BatchBudget, shapes: Shapes, seed: int | None
) -> None:
    batches = deal(budget, shapes, seed)
    assert sorted(index for batch in batches for index in batch) == list(range(len(shapes)))
    assert all(batches)


@given(budgets, shapes, seeds)
def test_budgets_are_kept_unless_one_instance_exceeds_them(
    budget: BatchBudget, shapes: Shapes, seed: int | None
) -> None:
    for batch in deal(budget, shapes, seed):
        assert len(batch) <= budget.batch_size
        if budget.max_words is not None and padded_words(batch, shapes) > budget.max_words:
            assert len(batch) == 1


@given(budgets, shapes, st.integers(0, 5))
def test_same_seed_same_batches(budget: BatchBudget, shapes: Shapes, seed: int) -> None:
    assert deal(budget, shapes, seed) == deal(budget, shapes, seed)


@given(budgets, shapes)
def test_without_seed_lengths_ascend(budget: BatchBudget, shapes: Shapes) -> None:
    longest = [shapes[index][1] for batch in deal(budget, shapes, None) for index in batch]
    assert longest == sorted(longest)


def test_batches_differ_from_seed_to_seed_in_order_and_content() -> None:
    lengths = [(1, 10 + i % 7) for i in range(60)]
    one, other = (deal(BatchBudget(batch_size=8), lengths, seed) for seed in (0, 1))
    assert {frozenset(batch) for batch in one} != {frozenset(batch) for batch in other}
    means = [np.mean([lengths[i][1] for i in batch]) for batch in one]
    assert means != sorted(means)


def test_like_lengths_go_together() -> None:
    """Padding of batches by length against batches of random instances."""
    rng = np.random.default_rng(1)
    lengths = [(1, int(length)) for length in rng.integers(1, 100, size=320)]
    sorted_cost = sum(padded_words(batch, lengths) for batch in deal(BatchBudget(batch_size=32), lengths, 0))
    random_cost = sum(padded_words(list(batch), lengths) for batch in rng.permutation(320).reshape(10, 32))
    assert sorted_cost < 0.8 * random_cost


def test_full_batches_are_full() -> None:
    assert [len(batch) for batch in deal(BatchBudget(batch_size=4, max_words=30), [(1, 10)] * 7, None)] == [
        3,
        3,
        1,
    ]


@pytest.mark.parametrize(
    ("config", "key"),
    [({"batch_size": 0}, "batch_size"), ({"max_words": 0}, "max_words"), ({"max_words": -1}, "max_words"),
     ({"noise": -0.1}, "noise"), ({"noise": 1.0}, "noise")],
)  # fmt: skip
def test_bad_budgets(config: dict[str, float], key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^data_loader.budgets: {key} is "):
        BatchBudget(**config)


def one_by_one(budget: BatchBudget, shapes: Shapes, rng: np.random.Generator | None) -> list[list[int]]:
    """The definition: each instance, in order, to the last batch or a new one."""
    lengths = np.array([longest for _, longest in shapes], dtype=float)
    if rng is not None:
        lengths *= 1 + rng.uniform(-budget.noise, budget.noise, size=len(lengths))
    batches: list[list[int]] = []
    for index in np.argsort(lengths, kind="stable").tolist():
        if (
            not batches
            or len(batches[-1]) == budget.batch_size
            or (budget.max_words and padded_words([*batches[-1], index], shapes) > budget.max_words)
        ):
            batches.append([])
        batches[-1].append(index)
    if rng is not None:
        rng.shuffle(batches)
    return batches


@given(budgets, shapes, seeds)
def test_batches_are_those_of_the_definition(budget: BatchBudget, shapes: Shapes, seed: int | None) -> None:
    rng = None if seed is None else np.random.default_rng(seed)
    assert deal(budget, shapes, seed) == one_by_one(budget, shapes, rng)
    assert deal(budget, np.array(shapes, dtype=np.int32), seed) == deal(budget, shapes, seed)
