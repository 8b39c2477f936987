"""Which level stands on which, and who reads it."""

from collections.abc import Iterator, Mapping

from allennlp.common.checks import ConfigurationError

from hmtl.backbones.tree import parents_first
from hmtl.checking.experiment import Experiment, slip_of
from hmtl.checking.finding import Finding, did_you_mean, error, note, warning
from hmtl.checking.rule import rule

LEVELS = "model.backbone.levels"


def parents_of(experiment: Experiment) -> dict[str, str | None]:
    """The level below each."""
    levels = experiment.section(LEVELS)
    return {name: level.get("after") for name, level in levels.items() if isinstance(level, Mapping)}


def readers_of(experiment: Experiment) -> dict[str, list[str]]:
    """The tasks that read each level, also of levels that there are not."""
    named = experiment.section("model.backbone.task_levels")
    found: dict[str, list[str]] = {name: [] for name in parents_of(experiment)}
    for task in experiment.section("model.heads"):
        found.setdefault(named.get(task, task), []).append(task)
    return found


@rule("config")
def levels(experiment: Experiment) -> Iterator[Finding]:
    """Levels that stand on nothing that there is, or in a circle, and tasks whose level is not there."""
    parents = parents_of(experiment)
    faults = {}
    for name in parents:
        try:
            parents_first({name: parents[name], **parents})
        except ConfigurationError as fault:
            slip = slip_of(fault, LEVELS)
            faults[slip] = error(slip.cause, slip.mend, slip.key)
    yield from faults.values()
    for level, tasks in readers_of(experiment).items() if parents else ():
        if level not in parents:
            for task in tasks:
                place = f"model.backbone.task_levels.{task}"
                yield error(f"task '{task}' reads level '{level}', which there is not",
                            did_you_mean(level, list(parents)), place)  # fmt: skip


@rule("config")
def unread_levels(experiment: Experiment) -> Iterator[Finding]:
    """Levels that no task reads: for nothing, or only on the way to others."""
    parents, tasks = parents_of(experiment), readers_of(experiment)
    for name in parents:
        if tasks[name]:
            continue
        if any(name in _below(other, parents) for other in parents if tasks[other]):
            yield note("no task reads this level; it serves those above it", "nothing, if that is meant",
                       f"{LEVELS}.{name}")  # fmt: skip
        else:
            yield warning("no task reads this level or one above it: it is never trained", "remove it",
                          f"{LEVELS}.{name}")  # fmt: skip


def _below(level: str, parents: Mapping[str, str | None]) -> set[str]:
    """All levels that a level stands on; a circle is gone round once."""
    found: set[str] = set()
    parent = parents.get(level)
    while parent is not None and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found
