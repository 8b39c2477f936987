"""How instances of unlike lengths are put together into batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

Shapes = np.ndarray | Sequence[tuple[int, int]]


@dataclass(frozen=True)
class BatchBudget(FromParams):
    """What one batch of a task may hold.

    # Parameters

    batch_size : at most so many instances (sentences or documents).
    max_words : at most so many words, padding included, unless a single instance is longer: it then makes a
        batch of its own.
    noise : instances of similar length go together; lengths are jittered by this share so that batches
        differ from pass to pass.
    """

    batch_size: int = 32
    max_words: int | None = None
    noise: float = 0.1

    def __post_init__(self) -> None:
        for key, value in (("batch_size", self.batch_size), ("max_words", self.max_words)):
            if value is not None and value < 1:
                raise ConfigurationError(f"data_loader.budgets: {key} is {value}; give at least 1")
        if not 0 <= self.noise < 1:
            raise ConfigurationError(
                f"data_loader.budgets: noise is {self.noise}; give a share from 0 to less than 1"
            )

    def times(self, parts: int) -> "BatchBudget":
        """Room for so many batches in one."""
        words = None if self.max_words is None else self.max_words * parts
        return replace(self, batch_size=self.batch_size * parts, max_words=words)

    def batches(self, shapes: Shapes, rng: np.random.Generator | None) -> list[list[int]]:
        """Indices of the instances of each batch; every instance is in exactly one.

        # Parameters

        shapes : (rows, longest row) of each instance. rng : jitters lengths and shuffles the batches;
            without it the order is that of the lengths.
        """
        # (instances, 2)
        shapes = np.asarray(shapes, dtype=np.int64).reshape(-1, 2)
        lengths = shapes[:, 1].astype(float)
        if rng is not None:
            lengths *= 1 + rng.uniform(-self.noise, self.noise, size=len(lengths))
        order = np.argsort(lengths, kind="stable")
        starts = self._starts(shapes[order])
        indices = order.tolist()
        batches = [indices[start:end] for start, end in pairwise([*starts, len(indices)])]
        if rng is not None:
            rng.shuffle(batches)
        return batches

    def _starts(self, shapes: np.ndarray) -> Sequence[int]:
        """Where batches begin, of instances in their order."""
        if self.max_words is None:
            return range(0, len(shapes), self.batch_size)
        starts: list[int] = []
        start, rows, longest = -self.batch_size, 0, 0
        # plain numbers: where a batch ends depends on where it began, which arrays cannot say
        for i, (height, width) in enumerate(zip(shapes[:, 0].tolist(), shapes[:, 1].tolist(), strict=True)):
            rows += height
            if width > longest:
                longest = width
            if i - start == self.batch_size or rows * longest > self.max_words:
                starts.append(i)
                start, rows, longest = i, height, width
        return starts
