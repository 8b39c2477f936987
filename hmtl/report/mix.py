"""Which tasks the steps went to, beside what the schedule lets expect."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.trust import ArchiveString

from hmtl.data_loader import TaskSize
from hmtl.report.run import Run
from hmtl.schedules import Plan, Schedule


@dataclass(frozen=True)
class Mix:
    """Steps by task and epoch. `expected` is empty where `unknown` says why."""

    realised: Mapping[str, Mapping[int, float]]
    expected: Mapping[str, Mapping[int, float]]
    unknown: str = ""


def mix(run: Run) -> Mix:
    """The steps of each finished epoch. What was expected is computed from the config's schedule, which is a
    pure function of seed, sizes and the scores recorded so far."""
    realised = {task: _steps(run, task) for task in run.tasks}
    try:
        expected = _expected(run, realised)
    except (ConfigurationError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        return Mix(realised, {}, f"What the schedule lets expect is not known ({cause}).")
    return Mix(realised, expected)


def _steps(run: Run, task: str) -> dict[int, float]:
    """Also of an epoch that did not draw the task."""
    drawn = run.figures(f"training_{task}/steps")
    return {epoch.number: drawn.get(epoch.number, 0.0) for epoch in run.epochs}


def _expected(run: Run, realised: Mapping[str, Mapping[int, float]]) -> dict[str, dict[int, float]]:
    trainer = run.config["trainer"]
    stated = Params({"schedule": _untrusted(trainer.get("schedule", {}))})
    schedule = Schedule.from_params(stated.pop("schedule"))
    # what is expected, unlike what is drawn, does not depend on the seed
    plan = Plan(_sizes(run), run.num_epochs or len(run.epochs), 0, _scores(run))
    expected: dict[str, dict[int, float]] = {task: {} for task in run.tasks}
    for epoch in realised[next(iter(run.tasks))]:
        steps = sum(realised[task][epoch] for task in run.tasks)
        # also keeps a config that asks for 10^15 steps from being counted out
        if schedule.steps(plan) != steps:
            raise ValueError(f"epoch {epoch} has {steps:g} steps, the config's {schedule.steps(plan):g}")
        for task, value in schedule.expected(epoch, plan).items():
            expected[task][epoch] = value
    return expected


def _untrusted(value: Any) -> Any:
    """A copy whose strings AllenNLP will not take for the Python path of a class, and call what is there."""
    if isinstance(value, dict):
        return {key: _untrusted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_untrusted(item) for item in value]
    return ArchiveString(value) if isinstance(value, str) else value


def _sizes(run: Run) -> dict[str, TaskSize]:
    sizes = {task: (own.batches, own.instances) for task, own in run.tasks.items()}
    for task, size in sizes.items():
        if None in size:
            raise ValueError(f"the sizes of the data of {task} are not recorded")
    return {task: TaskSize(*size) for task, size in sizes.items()}


def _scores(run: Run) -> list[dict[str, float]]:
    """As the trainer told them to the schedule."""
    series = {task: run.scores(task) for task in run.tasks}
    return [
        {task: _score(own[epoch.number]) for task, own in series.items() if epoch.number in own}
        for epoch in run.epochs
    ]


def _score(value: float) -> float:
    return -math.inf if math.isnan(value) else value
