"""Every task drawn alike."""

from hmtl.schedules.schedule import Plan, Schedule


@Schedule.register("uniform")
class Uniform(Schedule):
    """p_t = 1 / T."""

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        return dict.fromkeys(plan.sizes, 1.0)
