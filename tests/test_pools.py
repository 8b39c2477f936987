"""Batches of more instances than are sorted at once."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl import pools
from hmtl.batching import BatchBudget
from hmtl.pools import PooledBatches

budgets = st.builds(BatchBudget, batch_size=st.integers(1, 6), max_words=st.none() | st.integers(1, 60))
SHAPES = np.random.default_rng(3).integers(1, 20, size=(400, 2))

Deal = Callable[..., PooledBatches]


@pytest.fixture(scope="module", autouse=True)
def small_pools() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "RUN", 4)
        patch.setattr(pools, "POOL", 32)
        yield


def deal(count: int, budget: BatchBudget, seed: list[int] | None) -> PooledBatches:
    return PooledBatches(lambda start, end: SHAPES[start:end], count, budget, seed)


@given(st.integers(0, 400), budgets, st.none() | st.integers(0, 5))
def test_every_instance_is_in_exactly_one_batch(count: int, budget: BatchBudget, seed: int | None) -> None:
    batches = list(deal(count, budget, None if seed is None else [seed, 1]))
    assert sorted(number for batch in batches for number in batch) == list(range(count))
    for batch in batches:
        rows, longest = SHAPES[batch, 0].sum(), SHAPES[batch, 1].max()
        assert len(batch) <= budget.batch_size
        assert budget.max_words is None or rows * longest <= budget.max_words or len(batch) == 1


@given(st.integers(0, 5), st.randoms())
def test_a_batch_is_the_same_whenever_it_is_asked_for(seed: int, random) -> None:
    batches = list(deal(400, BatchBudget(5), [seed]))
    again = deal(400, BatchBudget(5), [seed])
    assert len(again) == len(batches)
    for number in random.sample(range(len(batches)), 20):
        assert again[number] == batches[number] and again[number - len(batches)] == batches[number]


@given(st.slices(100))
def test_slices_are_those_of_a_list(part: slice) -> None:
    batches = deal(400, BatchBudget(5), [1])
    assert list(batches[part]) == list(batches)[part]
    assert list(batches[part][::2]) == list(batches)[part][::2]
    with pytest.raises(IndexError):
        batches[len(batches)]


def test_a_pool_is_dealt_from_all_over_the_corpus_and_otherwise_in_every_pass() -> None:
    one, other = (deal(400, BatchBudget(4), [1, number]) for number in range(2))
    first = sorted(number for batch in one[:8] for number in batch)
    assert len(first) == 32 and max(first) - min(first) > 200
    assert list(one) != list(other)


def test_in_order_pools_are_neighbours_by_length() -> None:
    batches = list(deal(64, BatchBudget(4), None))
    for pool in (batches[:8], batches[8:]):
        lengths = [SHAPES[number, 1] for batch in pool for number in batch]
        assert lengths == sorted(lengths)
    assert sorted(sum(batches[:8], [])) == list(range(32))
