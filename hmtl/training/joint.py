"""The epoch that is best for the tasks together."""

from collections.abc import Collection
from typing import Any

from hmtl.training.task_state import ValidationMetric


class JointBest:
    """Follows the mean of the tasks' validation metrics, those where lower is better negated."""

    def __init__(self) -> None:
        self.score: float | None = None
        self.metrics: dict[str, Any] = {}

    def record(self, epoch: int, judges: Collection[ValidationMetric], validation: dict[str, float]) -> bool:
        """Takes in an epoch; true if no earlier one was as good. Without validation the latest is the
        best."""
        scores = [judge.score(validation) for judge in judges]
        score = sum(scores) / len(scores) if scores else float(epoch)
        if self.score is not None and score <= self.score:
            return False
        self.score = score
        best = {f"best_validation_{name}": value for name, value in validation.items()}
        self.metrics = {"best_epoch": epoch, "best_validation_mean": score if scores else None, **best}
        return True

    def state_dict(self) -> dict[str, Any]:
        return {"score": self.score, "metrics": self.metrics}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.score, self.metrics = state["score"], state["metrics"]
