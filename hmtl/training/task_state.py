"""What the trainer keeps for each task."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allennlp.common.checks import ConfigurationError
from allennlp.training.metric_tracker import MetricTracker

from hmtl.training.learner import Learner


@dataclass(frozen=True)
class ValidationMetric:
    """What an epoch is judged by: a metric of one task, such as `ner/f1`, and its sign, 1 where higher is
    better and −1 where lower is."""

    name: str
    sign: int

    @classmethod
    def of(cls, task: str, text: str) -> "ValidationMetric":
        """From a name with its direction, such as `+f1`. Raises `ConfigurationError` for one without."""
        if text[:1] not in ("+", "-"):
            raise ConfigurationError(
                f"trainer.tasks.{task}.validation_metric is '{text}'; begin it with + (higher is better) or -"
            )
        return cls(f"{task}/{text[1:]}", 1 if text[0] == "+" else -1)

    def score(self, metrics: Mapping[str, float]) -> float:
        """The metric, negated where lower is better; the worst there is where it is not a number."""
        value = self.sign * metrics[self.name]
        return -math.inf if math.isnan(value) else value


class TaskState:
    """One task during training: how it learns, how far it has read, how it fares.

    # Parameters

    metric : its validation metric with the direction, such as `+f1`. patience : epochs without a better one
        after which it votes to stop; None: never.
    """

    def __init__(self, task: str, learner: Learner, metric: str, patience: int | None) -> None:
        self.task = task
        self.learner = learner
        self.judged_by = ValidationMetric.of(task, metric)
        self.tracker = MetricTracker(f"+{self.metric}", patience)
        self.pass_number, self.batch, self.steps = 0, 0, 0
        self._check_plateau()

    def _check_plateau(self) -> None:
        if self.learner.at_minimum:
            raise ConfigurationError(
                f"trainer: the learning rate of task '{self.task}' ({self.learner.learning_rate}) is at the "
                "minimum of its reduce_on_plateau from the start, which would end the run; raise it, or "
                "lower min_lr and eps"
            )
        plateau, mode = self.learner.plateau, "max" if self.sign > 0 else "min"
        if plateau is not None and plateau.mode != mode:
            raise ConfigurationError(
                f"trainer: the learning rate of task '{self.task}' waits for {self.metric} to stop improving "
                f"in mode '{plateau.mode}'; set the mode of reduce_on_plateau to '{mode}'"
            )

    @property
    def metric(self) -> str:
        """The validation metric with its task, such as `ner/f1`."""
        return self.judged_by.name

    @property
    def sign(self) -> int:
        """1 where higher is better."""
        return self.judged_by.sign

    @property
    def best(self) -> float | None:
        """The best value of the metric so far, with its own sign."""
        score = self.tracker.state_dict()["best_so_far"]
        return score if score is None else self.sign * score

    @property
    def has_voted(self) -> bool:
        """Whether the task would stop: out of patience, or its learning rate can fall no further."""
        return self.tracker.should_stop_early() or self.learner.at_minimum

    def advance(self, batches_in_pass: int) -> None:
        """Counts a step and moves to the next batch of the data, or of the next pass."""
        self.steps += 1
        self.batch += 1
        if self.batch >= batches_in_pass:
            self.pass_number, self.batch = self.pass_number + 1, 0

    def record(self, metrics: dict[str, float]) -> bool:
        """Takes in the metrics of an epoch; true if they are this task's best so far."""
        self.tracker.add_metrics({self.metric: self.judged_by.score(metrics)})
        return self.tracker.is_best_so_far()

    def state_dict(self) -> dict[str, Any]:
        position = {"pass_number": self.pass_number, "batch": self.batch, "steps": self.steps}
        return {"tracker": self.tracker.state_dict(), **position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.tracker.load_state_dict(state["tracker"])
        self.pass_number, self.batch, self.steps = state["pass_number"], state["batch"], state["steps"]
