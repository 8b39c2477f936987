"""Tasks drawn in proportion to a root of their data, very large data counted as less."""

from hmtl.data_loader import TaskSize
from hmtl.schedules.by_size import BySize, Unit
from hmtl.schedules.schedule import Plan, Schedule, check


@Schedule.register("temperature")
class Temperature(BySize):
    """p_t ∝ min(N_t, K)^(1/τ), temperature-scaled mixing (Raffel et al. 2020, T5, section 3.5.2).

    # Parameters

    temperature : τ, above 0: at 1 proportional, the higher the nearer to uniform. limit : K, in the unit of
        `by`; None: no limit. by : what N_t counts.
    """

    def __init__(
        self,
        temperature: float = 2.0,
        limit: int | None = None,
        by: Unit = "batches",
        steps_per_epoch: int | None = None,
    ) -> None:
        super().__init__(by, steps_per_epoch)
        check("temperature", temperature, temperature > 0, "a number above 0")
        check("limit", limit, limit is None or limit > 0, "at least 1, or leave it out")
        self.temperature = temperature
        self.limit = limit

    def count(self, size: TaskSize) -> int:
        count = super().count(size)
        return count if self.limit is None else min(count, self.limit)

    def exponent(self, epoch: int, plan: Plan) -> float:
        return 1 / self.temperature
