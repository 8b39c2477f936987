"""The epochs that were best, for each task and for all together."""

from collections.abc import Mapping
from dataclasses import dataclass

from hmtl.report.run import Run, best_epoch


@dataclass(frozen=True)
class TaskBest:
    """A task at its own best epoch and at that of all tasks.

    # Parameters

    epoch, value : its own best, the value as the metric is. joint_value : at the joint best epoch.
    lost : how much worse that is, 0 or more. test : the metric on the test data with the joint best weights.
    None: there is no such figure.
    """

    epoch: int | None
    value: float | None
    joint_value: float | None
    lost: float | None
    test: float | None


def joint_best(run: Run) -> int | None:
    """The epoch whose weights the archive has: the first with the highest mean of the tasks' scores. None
    where no mean is a number."""
    return best_epoch(run.joint())


def task_bests(run: Run) -> dict[str, TaskBest]:
    """By task."""
    together = joint_best(run)
    return {task: _task_best(run, task, together) for task in run.tasks}


def _task_best(run: Run, task: str, together: int | None) -> TaskBest:
    values, scores = run.metric(task), run.scores(task)
    alone = best_epoch(scores)
    metric = run.tasks[task].metric
    test = (run.final or {}).get(f"test_{task}/{metric}")
    lost = None if alone is None or together is None else scores[alone] - scores[together]
    return TaskBest(alone, values.get(alone), values.get(together), lost, test)


def waited(scores: Mapping[int, float]) -> int | None:
    """Epochs since the best one; None where no score is a number."""
    best = best_epoch(scores)
    return None if best is None else max(scores) - best
