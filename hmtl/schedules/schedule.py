"""The contract of a schedule: which task's batch each step of an epoch takes."""

from collections.abc import Collection, Mapping, Sequence
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
    training, is the same in every process and has no state to save. A kind of schedule states its `weights`,
    or its `probabilities` where they differ from step to step.

    # Parameters

    steps_per_epoch : default as many as all tasks have batches, as in HMTL.
    """

    default_implementation: ClassVar[str] = "proportional"
    without_scores: ClassVar[str | None] = None
    """For a schedule that looks at validation scores: what it takes for granted where there are none yet."""

    def __init__(self, steps_per_epoch: int | None = None) -> None:
        valid = steps_per_epoch is None or steps_per_epoch > 0
        check("steps_per_epoch", steps_per_epoch, valid, "at least 1, or leave it out")
        self.steps_per_epoch = steps_per_epoch

    @property
    def kind(self) -> str:
        """The registered name."""
        names = (name for name in Schedule.list_available() if Schedule.by_name(name) is type(self))
        return next(names, type(self).__name__)

    def steps(self, plan: Plan) -> int:
        """Steps of an epoch, the same for each."""
        return self.steps_per_epoch or sum(size.batches for size in plan.sizes.values())

    def check_validated(self, tasks: Collection[str], plan: Plan) -> None:
        """Raises `ConfigurationError` where the schedule needs the validation of more tasks than these."""

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        """A number for each task, proportional to its probability at every step of this epoch."""
        raise NotImplementedError

    def probabilities(self, epoch: int, plan: Plan) -> np.ndarray:
        """The probability of each task at each step of an epoch: `(steps, tasks)`, each row sums to 1. Epochs
        count from 0; of the scores, only those of earlier epochs are looked at."""
        weights = self.weights(epoch, plan)
        p = np.array([weights[task] for task in plan.sizes], dtype=float)
        p /= p.max()  # so that the sum is not too large a number
        return np.broadcast_to(p / p.sum(), (self.steps(plan), len(p)))

    def expected(self, epoch: int, plan: Plan) -> dict[str, float]:
        """The number of steps of an epoch that each task can expect."""
        return dict(zip(plan.sizes, self.probabilities(epoch, plan).sum(axis=0).tolist(), strict=True))

    def draw(self, epoch: int, plan: Plan) -> list[str]:
        """The task of each step of an epoch, drawn independently."""
        # (steps, tasks)
        cumulative = self.probabilities(epoch, plan).cumsum(axis=1)
        cumulative /= cumulative[:, -1:]
        # (steps, 1)
        uniform = np.random.default_rng([plan.seed, epoch]).random((len(cumulative), 1))
        names = list(plan.sizes)
        return [names[number] for number in (uniform >= cumulative).sum(axis=1)]


def check(key: str, value: object, valid: bool, wanted: str) -> None:
    """Raises `ConfigurationError` for a setting of the schedule that is not valid."""
    if not valid:
        raise ConfigurationError(f"trainer.schedule.{key} is {value}; give {wanted}")


def check_tasks(key: str, tasks: Mapping[str, object], plan: Plan) -> None:
    """Raises `ConfigurationError` where a setting by task names other tasks than there are."""
    for task in tasks:
        if task not in plan.sizes:
            raise ConfigurationError(
                f"trainer.schedule.{key}.{task}: there is no such task; the tasks are {', '.join(plan.sizes)}"
            )
    for task in plan.sizes:
        if task not in tasks:
            raise ConfigurationError(f"trainer.schedule.{key}: does not name task '{task}'; add it")
