"""What schedules by the size of the tasks' data have in common."""

from typing import Literal

from hmtl.data_loader import TaskSize
from hmtl.schedules.schedule import Plan, Schedule

Unit = Literal["batches", "instances"]


class BySize(Schedule):
    """p_t ∝ N_t^x, where the exponent x may differ from epoch to epoch.

    # Parameters

    by : what N_t counts, `batches` (as HMTL's code does) or `instances`.
    """

    def __init__(self, by: Unit = "batches", steps_per_epoch: int | None = None) -> None:
        super().__init__(steps_per_epoch)
        self.by = by

    def count(self, size: TaskSize) -> int:
        """N_t."""
        return getattr(size, self.by)

    def exponent(self, epoch: int, plan: Plan) -> float:
        """x, at least 0."""
        raise NotImplementedError

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        counts = {task: self.count(size) for task, size in plan.sizes.items()}
        exponent, largest = self.exponent(epoch, plan), max(counts.values())
        # of the largest, so that no power is too large a number
        return {task: (count / largest) ** exponent for task, count in counts.items()}
