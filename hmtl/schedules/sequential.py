"""One task's whole data, then the next task's."""

import numpy as np
from allennlp.common.checks import ConfigurationError

from hmtl.schedules.schedule import Plan, Schedule, check_tasks


@Schedule.register("sequential")
class Sequential(Schedule):
    """Every epoch is a block of steps for each task, as many as it has batches (Hashimoto et al. 2017, a
    joint many-task model, section 3, from the lowest task to the highest).

    With `steps_per_epoch` every task has one step, and the others are shared out in proportion to the batches
    that it has beyond its first, by largest remainders. A block is a pass over the task's data; where a
    budget in words cuts later passes into more or fewer batches, the two may end apart.

    # Parameters

    order : of the tasks; default that of the model, `model.order`.
    """

    def __init__(self, order: list[str] | None = None, steps_per_epoch: int | None = None) -> None:
        super().__init__(steps_per_epoch)
        self.order = order

    def probabilities(self, epoch: int, plan: Plan) -> np.ndarray:
        names = list(plan.sizes)
        order = [names.index(task) for task in self._order(plan)]
        # (steps, tasks)
        return np.eye(len(names))[np.repeat(order, self._lengths(plan)[order])]

    def _order(self, plan: Plan) -> list[str]:
        if self.order is None:
            return list(plan.sizes)
        check_tasks("order", dict.fromkeys(self.order), plan)
        if len(self.order) > len(plan.sizes):
            raise ConfigurationError("trainer.schedule.order: names a task twice; name each once")
        return self.order

    def _lengths(self, plan: Plan) -> np.ndarray:
        """Steps of each task's block."""
        steps, tasks = self.steps(plan), len(plan.sizes)
        if steps < tasks:
            raise ConfigurationError(
                f"trainer.schedule.steps_per_epoch is {steps}; a sequential schedule needs one for each of "
                f"the {tasks} tasks"
            )
        # (tasks,)
        beyond = np.array([size.batches - 1 for size in plan.sizes.values()])
        shares = beyond / beyond.sum() if beyond.any() else np.full(tasks, 1 / tasks)
        quotas = (steps - tasks) * shares
        lengths = np.floor(quotas + 1e-9).astype(int)
        missing = steps - tasks - lengths.sum()
        lengths[np.argsort(lengths - quotas, kind="stable")[:missing]] += 1
        return 1 + lengths
