"""What a run left on disk, in one piece."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Task:
    """One task of a run.

    # Parameters

    metric : its main validation metric without the task's name, such as `f1`; None where nothing says it.
    validated : whether it was. batches, instances : of its training data; None: not recorded.
    """

    name: str
    metric: str | None = None
    higher_is_better: bool = True
    validated: bool = True
    batches: int | None = None
    instances: int | None = None


@dataclass(frozen=True)
class Interference:
    """What the sampled steps of one epoch tell of the tasks' gradients.

    # Parameters

    samples : sampled steps of each task. cosine : by part of the model and pair of tasks (`"ner~emd"`).
    effect : by source and target, the estimated change of the target's training loss that all steps of the
        source caused in the epoch.
    """

    samples: Mapping[str, int] = field(default_factory=dict)
    cosine: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    effect: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Epoch:
    """One finished epoch. `figures` has the names of `metrics_epoch_*.json`; they may be infinite or NaN."""

    number: int
    figures: Mapping[str, float]
    interference: Interference | None = None


@dataclass(frozen=True)
class Stretch:
    """The part of an epoch that one process trained. Times in seconds, by task where there are several."""

    epoch: int
    seconds: Mapping[str, float]
    words: Mapping[str, float]
    training_seconds: float
    validation_seconds: float


@dataclass(frozen=True)
class Run:
    """A whole run.

    # Parameters

    name : of its directory. tasks : by name, in their order. epochs : oldest first, at least one.
    config : as in `config.json`. final : the numbers of `metrics.json`; None where the run did not come to
        its end. parts : number of parameters of each part of the model. notes : what a reader should know of
        the files.
    """

    name: str
    tasks: Mapping[str, Task]
    epochs: Sequence[Epoch]
    config: Mapping[str, Any] = field(default_factory=dict)
    final: Mapping[str, float] | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    trained_parameters: int | None = None
    num_epochs: int | None = None
    world_size: int = 1
    stretches: Sequence[Stretch] = ()
    notes: Sequence[str] = ()

    @property
    def last(self) -> int:
        """The number of the last epoch."""
        return self.epochs[-1].number

    def figures(self, name: str) -> dict[int, float]:
        """One figure, such as `training_ner/loss`, of each epoch that has it."""
        return {epoch.number: epoch.figures[name] for epoch in self.epochs if name in epoch.figures}

    def metric(self, task: str) -> dict[int, float]:
        """The main validation metric of each epoch that has it; nothing for a task not validated."""
        own = self.tasks[task]
        return self.figures(f"validation_{task}/{own.metric}") if own.validated and own.metric else {}

    def scores(self, task: str) -> dict[int, float]:
        """As `metric`, negated where lower is better."""
        sign = 1 if self.tasks[task].higher_is_better else -1
        return {epoch: sign * value for epoch, value in self.metric(task).items()}

    def joint(self) -> dict[int, float]:
        """The mean of the tasks' `scores` in each epoch that has all of them: what chooses the joint best."""
        series = [self.scores(task) for task, own in self.tasks.items() if own.validated and own.metric]
        common = (epoch.number for epoch in self.epochs if all(epoch.number in one for one in series))
        return {number: sum(one[number] for one in series) / len(series) for number in common if series}

    def total_steps(self, task: str) -> int:
        """Training steps of a task in all finished epochs."""
        return round(math.fsum(finite(self.figures(f"training_{task}/steps")).values()))


def finite(values: Mapping[int, float]) -> dict[int, float]:
    """The values that are numbers and not infinite."""
    return {epoch: value for epoch, value in values.items() if math.isfinite(value)}


def best_epoch(scores: Mapping[int, float]) -> int | None:
    """The first epoch with the highest score; None where no score is a number."""
    numbers = {epoch: value for epoch, value in scores.items() if not math.isnan(value)}
    return max(numbers, key=lambda epoch: (numbers[epoch], -epoch)) if numbers else None
