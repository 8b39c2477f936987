"""The batches of a pass through more instances than should be sorted at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from copy import copy
from itertools import accumulate

import numpy as np

from hmtl.batching import BatchBudget

RUN = 1 << 10
"""Neighbours that stay together: they lie together on the disk."""
POOL = 256 * RUN
"""Instances that are sorted, batched and shuffled together."""


class PooledBatches(Sequence[list[int]]):
    """Instance numbers of each batch. Batches are made of a pool of instances at a time, each pool of many
    runs of neighbours from all over the corpus: what is held in memory does not grow with it.

    # Parameters

    shapes : `(rows, longest row)` of the instances from one number to another. count : of all instances.
    budget : what a batch may hold. seed : of the order; None: pools are neighbours, in order of their length.
    """

    def __init__(
        self,
        shapes: Callable[[int, int], np.ndarray],
        count: int,
        budget: BatchBudget,
        seed: Sequence[int] | None,
    ) -> None:
        self._shapes, self._count, self._budget, self._seed = shapes, count, budget, seed
        runs = -(-count // RUN)
        order = np.arange(runs) if seed is None else np.random.default_rng(seed).permutation(runs)
        per_pool = POOL // RUN
        self._pools = [np.sort(order[start : start + per_pool]) for start in range(0, runs, per_pool)]
        self._made: tuple[int, list[list[int]]] = (-1, [])
        self._ends = list(accumulate(len(self._pool(pool)) for pool in range(len(self._pools))))
        self._which = range(self._ends[-1] if self._ends else 0)

    def __len__(self) -> int:
        return len(self._which)

    def __getitem__(self, which: int | slice) -> list[int] | PooledBatches:  # type: ignore[override]
        if isinstance(which, slice):
            part = copy(self)
            part._which = self._which[which]
            return part
        number = self._which[which]
        pool = bisect_right(self._ends, number)
        return self._pool(pool)[number - (self._ends[pool - 1] if pool else 0)]

    def _pool(self, pool: int) -> list[list[int]]:
        """The batches of one pool; those of the last one asked for are kept."""
        if self._made[0] != pool:
            bounds = [(run * RUN, min((run + 1) * RUN, self._count)) for run in self._pools[pool].tolist()]
            numbers = np.concatenate([np.arange(*pair) for pair in bounds])
            shapes = np.concatenate([self._shapes(*pair) for pair in bounds])
            rng = None if self._seed is None else np.random.default_rng([*self._seed, pool])
            batches = self._budget.batches(shapes, rng)
            self._made = pool, [numbers[batch].tolist() for batch in batches]
        return self._made[1]
