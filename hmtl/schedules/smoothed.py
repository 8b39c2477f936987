"""Tasks drawn in proportion to a power of their data."""

from hmtl.schedules.by_size import BySize, Unit
from hmtl.schedules.schedule import Plan, Schedule, check


@Schedule.register("smoothed")
class Smoothed(BySize):
    """p_t ∝ (N_t / Σ N)^s (van der Goot et al. 2021, MaChAmp).

    # Parameters

    smoothing : s, from 0 (uniform) to 1 (proportional). by : what N_t counts.
    """

    def __init__(
        self,
        smoothing: float = 0.5,
        by: Unit = "batches",
        steps_per_epoch: int | None = None,
    ) -> None:
        super().__init__(by, steps_per_epoch)
        check("smoothing", smoothing, 0 <= smoothing <= 1, "a number from 0 to 1")
        self.smoothing = smoothing

    def exponent(self, epoch: int, plan: Plan) -> float:
        return self.smoothing
