"""Tasks drawn in proportion to their data."""

from typing import Literal

from hmtl.schedules.schedule import Plan, Schedule


@Schedule.register("proportional")
class Proportional(Schedule):
    """p_t ∝ N_t, HMTL's way (Sanh, Wolf & Ruder 2019, section 3.3).

    # Parameters

    by : what N_t counts, `batches` (as HMTL's code does) or `instances`.
    """

    def __init__(
        self, by: Literal["batches", "instances"] = "batches", steps_per_epoch: int | None = None
    ) -> None:
        super().__init__(steps_per_epoch)
        self.by = by

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        return {task: float(getattr(size, self.by)) for task, size in plan.sizes.items()}
