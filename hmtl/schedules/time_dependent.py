"""Tasks drawn by weights that change from step to step."""

import math

import numpy as np
from allennlp.common.checks import ConfigurationError

from hmtl.schedules.schedule import Plan, Schedule, check, check_tasks

Points = list[list[float]]


@Schedule.register("time_dependent")
class TimeDependent(Schedule):
    """p_t(k) = f_t(k) / Σ f(k) at step k of the run, each f_t piecewise linear (Kiperwasser & Ballesteros
    2018, scheduled multi-task learning, whose f are curves).

    # Parameters

    weights : for every task the corners of f_t, `[[step, weight], …]`, steps counted from 0 over all epochs
        and tasks; before the first corner and after the last f_t is constant. Or one number: it is constant
        throughout.
    """

    def __init__(self, weights: dict[str, float | Points], steps_per_epoch: int | None = None) -> None:
        super().__init__(steps_per_epoch)
        self.points = {
            task: [[0, corners]] if isinstance(corners, int | float) else corners
            for task, corners in weights.items()
        }
        for task, points in self.points.items():
            _check_points(f"weights.{task}", points)

    def probabilities(self, epoch: int, plan: Plan) -> np.ndarray:
        check_tasks("weights", self.points, plan)
        self._check_drawable(plan)
        steps = self.steps(plan)
        # (steps, tasks)
        weights = self._at(np.arange(epoch * steps, (epoch + 1) * steps), plan)
        # (steps, 1)
        total = weights.sum(axis=1, keepdims=True)
        if not total.all():
            step = epoch * steps + int(np.argmin(total))
            raise ConfigurationError(
                f"trainer.schedule.weights: all are 0 at step {step}; give one task a weight there"
            )
        return weights / total

    def _at(self, steps: np.ndarray, plan: Plan) -> np.ndarray:
        """f: `(steps, tasks)`."""
        return np.stack([np.interp(steps, *zip(*self.points[task], strict=True)) for task in plan.sizes], 1)

    def _check_drawable(self, plan: Plan) -> None:
        last = plan.num_epochs * self.steps(plan) - 1
        for task, points in self.points.items():
            corners = [0, last, *(step for step, _ in points if step <= last)]
            highest = np.interp(corners, *zip(*points, strict=True)).max()
            if not highest > 0:
                raise ConfigurationError(
                    f"trainer.schedule.weights.{task}: is 0 at all {last + 1} steps of the run; give it a "
                    "weight somewhere, or remove the task"
                )


def _check_points(key: str, points: Points) -> None:
    wanted = "a weight, or [[step, weight], …] with ascending steps from 0 and weights that are not negative"
    check(key, points, bool(points) and all(len(point) == 2 for point in points), wanted)
    steps, weights = zip(*points, strict=True)
    ascending = all(one < other for one, other in zip((-1, *steps), steps, strict=False))
    check(key, points, ascending and all(0 <= weight < math.inf for weight in weights), wanted)
