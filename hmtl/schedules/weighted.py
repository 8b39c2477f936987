"""Tasks drawn by weights from the config."""

import math

from hmtl.schedules.schedule import Plan, Schedule, check, check_tasks


@Schedule.register("weighted")
class Weighted(Schedule):
    """p_t ∝ w_t.

    # Parameters

    weights : w_t above 0 for every task; their sum does not matter.
    """

    def __init__(self, weights: dict[str, float], steps_per_epoch: int | None = None) -> None:
        super().__init__(steps_per_epoch)
        for task, weight in weights.items():
            check(f"weights.{task}", weight, 0 < weight < math.inf, "a number above 0, or remove the task")
        self.by_task = weights

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        check_tasks("weights", self.by_task, plan)
        return self.by_task
