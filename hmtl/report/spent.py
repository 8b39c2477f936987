"""Where the time went."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hmtl.report.run import Run


@dataclass(frozen=True)
class TaskTime:
    """Training steps of one task: seconds, share of all tasks' seconds, words a second, seconds a step. None:
    nothing to divide by."""

    seconds: float
    share: float | None
    words_per_second: float | None
    per_step: float | None


@dataclass(frozen=True)
class Spent:
    """Seconds by epoch (training with all that lies between the steps, and validation) and by task."""

    training: Mapping[int, float]
    validation: Mapping[int, float]
    tasks: Mapping[str, TaskTime]

    @property
    def total(self) -> float:
        """Seconds of all training and validation."""
        return math.fsum((*self.training.values(), *self.validation.values()))


def spent(run: Run) -> Spent | None:
    """The sums over all stretches; None where times are not known."""
    if not run.stretches:
        return None
    training, validation = defaultdict(float), defaultdict(float)
    for stretch in run.stretches:
        training[stretch.epoch] += stretch.training_seconds
        validation[stretch.epoch] += stretch.validation_seconds
    seconds = {task: _sum(stretch.seconds.get(task, 0.0) for stretch in run.stretches) for task in run.tasks}
    words = {task: _sum(stretch.words.get(task, 0.0) for stretch in run.stretches) for task in run.tasks}
    tasks = {
        task: TaskTime(
            own,
            _ratio(own, _sum(seconds.values())),
            _ratio(words[task], own),
            _ratio(own, run.total_steps(task)),
        )
        for task, own in seconds.items()
    }
    return Spent(dict(sorted(training.items())), dict(sorted(validation.items())), tasks)


def _sum(values: Iterable[float]) -> float:
    return math.fsum(value for value in values if math.isfinite(value))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
