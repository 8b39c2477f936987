"""The contract of a schedule: which task's batch each step of an epoch takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from hmtl.data_loader import TaskSize


@dataclass(frozen=True)
class Plan:
    """All that a schedule may look at.

    # Parameters

    sizes : by task, in the tasks' order. num_epochs : of the run, at most. seed : of the draws.
    scores : of the epochs that are done, oldest first: the validation metric of each validated task, as it
        is, and negated where lower is better.
    """

    sizes: Mapping[str, TaskSize]
    num_epochs: int
    seed: int
    scores: Sequence[Mapping[str, float]] = ()


class Schedule(Registrable):
    """A pure function of seed, epoch, data sizes and recorded validation scores: it can be printed before
    training, is the same in every process and has no state to save.

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

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        """A number for each task, proportional to its probability in this epoch."""
        raise NotImplementedError

    def steps(self, plan: Plan) -> int:
        """Steps of an epoch."""
        return self.steps_per_epoch or sum(size.batches for size in plan.sizes.values())

    def expected(self, epoch: int, plan: Plan) -> dict[str, float]:
        """The number of steps of an epoch that each task can expect."""
        weights, steps = self.weights(epoch, plan), self.steps(plan)
        return {task: steps * weights[task] / sum(weights.values()) for task in plan.sizes}

    def draw(self, epoch: int, plan: Plan) -> list[str]:
        """The task of each step of an epoch, drawn independently."""
        weights = self.weights(epoch, plan)
        p = np.array([weights[task] for task in plan.sizes], dtype=float)
        rng = np.random.default_rng([plan.seed, epoch])
        drawn = rng.choice(len(p), size=self.steps(plan), p=p / p.sum())
        names = list(plan.sizes)
        return [names[number] for number in drawn]
