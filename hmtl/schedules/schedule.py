"""The contract of a schedule: which task's batch each step of an epoch takes."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from hmtl.data_loader import TaskSize


class Schedule(Registrable):
    """A pure function of seed, epoch and data sizes: it can be printed before training, is the same in
    every process and has no state to save.

    # Parameters

    steps_per_epoch : default as many as all tasks have batches, as in HMTL.
    """

    default_implementation: ClassVar[str] = "proportional"

    def __init__(self, steps_per_epoch: int | None = None) -> None:
        if steps_per_epoch is not None and steps_per_epoch < 1:
            raise ConfigurationError(
                f"trainer.schedule.steps_per_epoch is {steps_per_epoch}; give at least 1"
            )
        self.steps_per_epoch = steps_per_epoch

    def weights(self, epoch: int, sizes: Mapping[str, TaskSize]) -> dict[str, float]:
        """A number for each task, proportional to its probability in this epoch."""
        raise NotImplementedError

    def steps(self, sizes: Mapping[str, TaskSize]) -> int:
        """Steps of an epoch."""
        return self.steps_per_epoch or sum(size.batches for size in sizes.values())

    def draw(self, epoch: int, sizes: Mapping[str, TaskSize], seed: int) -> list[str]:
        """The task of each step of an epoch, drawn independently."""
        weights = self.weights(epoch, sizes)
        p = np.array([weights[task] for task in sizes], dtype=float)
        rng = np.random.default_rng([seed, epoch])
        drawn = rng.choice(len(p), size=self.steps(sizes), p=p / p.sum())
        names = list(sizes)
        return [names[number] for number in drawn]
