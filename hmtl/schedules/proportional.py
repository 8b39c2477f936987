"""Tasks drawn in proportion to their data."""

from hmtl.schedules.by_size import BySize
from hmtl.schedules.schedule import Plan, Schedule


@Schedule.register("proportional")
class Proportional(BySize):
    """p_t ∝ N_t, HMTL's way (Sanh, Wolf & Ruder 2019, section 3.3).

    # Parameters

    by : what N_t counts, `batches` (as HMTL's code does) or `instances`.
    """

    def exponent(self, epoch: int, plan: Plan) -> float:
        return 1.0
