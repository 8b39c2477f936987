"""Tasks drawn by how far each is from what it reaches alone."""

import math
from collections.abc import Collection
from typing import ClassVar

from allennlp.common.checks import ConfigurationError

from hmtl.schedules.schedule import Plan, Schedule, check, check_tasks


@Schedule.register("dynamic")
class Dynamic(Schedule):
    """p_t ∝ max(ε, 1 − m_t / m_t*), m_t the validation metric after the latest epoch and m_t* that of the
    task trained alone (Gottumukkala et al. 2020, dynamic sampling). Alike before the first validation.

    The metric is one that is never negative, such as an F1 or a loss. Where lower is better, the fraction is
    the other way up: 1 − m_t* / m_t.

    # Parameters

    single_task_scores : m_t* of every task, above 0, as validation reports it (a loss is not negated).
    floor : ε, above 0: a task as good as alone is still drawn now and then.
    """

    without_scores: ClassVar[str | None] = "every task is as far from its single-task score as the others"

    def __init__(
        self, single_task_scores: dict[str, float], floor: float = 0.05, steps_per_epoch: int | None = None
    ) -> None:
        super().__init__(steps_per_epoch)
        for task, score in single_task_scores.items():
            check(f"single_task_scores.{task}", score, 0 < score < math.inf, "a number above 0")
        check("floor", floor, 0 < floor <= 1, "a number above 0, and 1 at most")
        self.single_task_scores = single_task_scores
        self.floor = floor

    def check_validated(self, tasks: Collection[str], plan: Plan) -> None:
        for task in plan.sizes:
            if task not in tasks:
                raise ConfigurationError(
                    f"trainer.schedule: 'dynamic' needs the validation of every task, and task '{task}' has "
                    f"none; add validation_data_path.{task}, or choose another schedule"
                )

    def weights(self, epoch: int, plan: Plan) -> dict[str, float]:
        check_tasks("single_task_scores", self.single_task_scores, plan)
        done = plan.scores[:epoch]
        if not done:
            return dict.fromkeys(plan.sizes, 1.0)
        self.check_validated(done[-1], plan)
        return {task: max(self.floor, self._gap(task, done[-1][task])) for task in plan.sizes}

    def _gap(self, task: str, score: float) -> float:
        alone = self.single_task_scores[task]
        # a score is negated where lower is better
        return 1 - alone / -score if score < 0 else 1 - score / alone
