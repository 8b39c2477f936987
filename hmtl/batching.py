"""How instances of unlike lengths are put together into batches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError


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

    def batches(self, shapes: Sequence[tuple[int, int]], rng: np.random.Generator | None) -> list[list[int]]:
        """Indices of the instances of each batch; every instance is in exactly one.

        # Parameters

        shapes : (rows, longest row) of each instance. rng : jitters lengths and shuffles the batches;
            without it the order is that of the lengths.
        """
        lengths = np.array([longest for _, longest in shapes], dtype=float)
        if rng is not None:
            lengths *= 1 + rng.uniform(-self.noise, self.noise, size=len(lengths))
        batches: list[list[int]] = []
        rows = longest = 0
        for index in np.argsort(lengths, kind="stable").tolist():
            rows, longest = rows + shapes[index][0], max(longest, shapes[index][1])
            full = not batches or len(batches[-1]) == self.batch_size
            if full or (self.max_words is not None and rows * longest > self.max_words):
                batches.append([])
                rows, longest = shapes[index]
            batches[-1].append(index)
        if rng is not None:
            rng.shuffle(batches)
        return batches
