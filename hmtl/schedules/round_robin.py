"""Every task in turn."""

import numpy as np

from hmtl.schedules.schedule import Plan, Schedule


@Schedule.register("round_robin")
class RoundRobin(Schedule):
    """t = k mod T at step k of the run: the tasks' order again and again, across the ends of epochs."""

    def probabilities(self, epoch: int, plan: Plan) -> np.ndarray:
        steps, tasks = self.steps(plan), len(plan.sizes)
        # (steps, tasks)
        return np.eye(tasks)[np.arange(epoch * steps, (epoch + 1) * steps) % tasks]
