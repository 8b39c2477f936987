"""Tasks drawn in proportion to their data at first, and ever more alike."""

from hmtl.schedules.by_size import BySize, Unit
from hmtl.schedules.schedule import Plan, Schedule, check


@Schedule.register("annealed")
class Annealed(BySize):
    """p_t ∝ N_t^α, α = 1 − d·(e − 1)/(E − 1) in epoch e = 1 … E (Stickland & Murray 2019, with d = 0.8).
    A run of a single epoch is proportional.

    # Parameters

    decline : d, from 0 (proportional throughout) to 1 (uniform in the end). by : what N_t counts.
    """

    def __init__(
        self,
        decline: float = 0.8,
        by: Unit = "batches",
        steps_per_epoch: int | None = None,
    ) -> None:
        super().__init__(by, steps_per_epoch)
        check("decline", decline, 0 <= decline <= 1, "a number from 0 to 1")
        self.decline = decline

    def exponent(self, epoch: int, plan: Plan) -> float:
        # epochs count from 0 here
        return 1 - self.decline * epoch / max(1, plan.num_epochs - 1)
