"""The figures of training steps, and what they add up to."""

from collections import Counter
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StepFigures:
    """Of one training step.

    # Parameters

    gradient_norm : of all parameters, its elements clipped, the whole not yet. words, instances : in its
        batch. seconds : it took.
    """

    task: str
    loss: float
    gradient_norm: float
    learning_rate: float
    words: int
    instances: int
    seconds: float


class EpochSums:
    """Each task's steps of one epoch.

    They add up in the order of the steps, so that an epoch that is resumed has the same figures, bit for bit.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Counter[str]] = {}
        self._learning_rates: dict[str, float] = {}

    def add(self, figures: StepFigures) -> None:
        """Takes in a step."""
        sums = self._sums.setdefault(figures.task, Counter())
        sums["steps"] += 1
        for name in ("loss", "gradient_norm", "words", "instances"):
            sums[name] += getattr(figures, name)
        self._learning_rates[figures.task] = figures.learning_rate

    def losses(self) -> dict[str, float]:
        """The mean of each task that was drawn, by name."""
        return {task: self._sums[task]["loss"] / self._sums[task]["steps"] for task in sorted(self._sums)}

    def metrics(self) -> dict[str, float]:
        """For each task that was drawn: `task/loss` and `task/gradient_norm`, means of its steps;
        `task/steps`, `task/words`, `task/instances`; `task/learning_rate`, of its last step; and
        `task/loss_scale`, its loss in units of the mean over the tasks (1 where that is 0)."""
        losses = self.losses()
        unit = sum(losses.values()) / max(len(losses), 1)
        metrics: dict[str, float] = {}
        for task, loss in losses.items():
            sums = self._sums[task]
            figures = {
                "loss": loss,
                "steps": sums["steps"],
                "words": sums["words"],
                "instances": sums["instances"],
                "gradient_norm": sums["gradient_norm"] / sums["steps"],
                "learning_rate": self._learning_rates[task],
                "loss_scale": loss / unit if unit else 1.0,
            }
            metrics.update({f"{task}/{name}": value for name, value in figures.items()})
        return metrics

    def state_dict(self) -> dict[str, Any]:
        sums = {task: dict(values) for task, values in self._sums.items()}
        return {"sums": sums, "learning_rates": dict(self._learning_rates)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums = {task: Counter(values) for task, values in state["sums"].items()}
        self._learning_rates = dict(state["learning_rates"])
