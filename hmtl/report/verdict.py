"""A run in a few sentences."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hmtl.report.best import TaskBest, joint_best, task_bests, waited
from hmtl.report.forgetting import Drop, Forgetting, forgetting
from hmtl.report.run import Run
from hmtl.report.wording import Units, count, listed, signed

FEW = 10
"""Fewer samples of a source than these are told to be few: the effect of a single step is noisy."""


def all_forgetting(run: Run) -> dict[str, Forgetting]:
    """By task."""
    sampled = {epoch.number: epoch.interference for epoch in run.epochs if epoch.interference}
    return {task: forgetting(task, run.scores(task), sampled) for task in run.tasks}


def verdict(run: Run) -> list[str]:
    """What was trained and how it ended, how well, what was forgotten, what went wrong."""
    units, bests = Units(run), task_bests(run)
    lines = [_trained(run), how_it_ended(run), *_best(run, units, bests), _test(run, units, bests)]
    return [line for line in (*lines, _forgotten(run, units), *_troubles(run)) if line]


def _trained(run: Run) -> str:
    tasks = f"{len(run.tasks)} tasks" if len(run.tasks) > 1 else "One task"
    together = " together" * (len(run.tasks) > 1)
    steps = count(sum(map(run.total_steps, run.tasks)))
    long = _epochs(len(run.epochs))
    return f"{tasks} ({listed(list(run.tasks))}) trained{together} for {long}, {steps} steps."


def _epochs(number: int) -> str:
    return "1 epoch" if number == 1 else f"{count(number)} epochs"


def how_it_ended(run: Run) -> str:
    """At the planned end, early by the tasks' votes, or cut short."""
    planned = run.num_epochs
    if run.final is None:
        of = f" of {count(planned)}" if planned else ""
        done = f"{_epochs(run.last + 1)}{of}"
        return f"The run was stopped, or still goes on: there is no metrics.json. Finished: {done}."
    if planned is None or run.last + 1 >= planned:
        return "It ran all its epochs." if planned else ""
    votes = listed([f"{task} ({_vote(run, task)})" for task, own in run.tasks.items() if own.validated])
    early = f"It stopped early, after epoch {run.last} of at most {_epochs(planned)}"
    return f"{early}: every validated task had voted to: {votes}."


def _vote(run: Run, task: str) -> str:
    trainer = _object(run.config.get("trainer"))
    own = _object(_object(trainer.get("tasks")).get(task)).get("patience")
    patience = trainer.get("patience") if own is None else own
    since = waited(run.scores(task))
    if since is None:
        return "its metric never was a number"
    if type(patience) is int and since < patience:
        return "its learning rate could fall no further"
    return f"no better for {_epochs(since)}"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _best(run: Run, units: Units, bests: Mapping[str, TaskBest]) -> Iterator[str]:
    together = joint_best(run)
    if together is None:
        lacking = (
            "its metrics never were all numbers"
            if any(map(run.scores, run.tasks))
            else "no task was validated"
        )
        yield f"No epoch is the best: {lacking}."
        return
    where = "best.th has" if run.final is None else "best.th and model.tar.gz have"
    mean = units.write(None, run.joint()[together])
    who = "All tasks together" if sum(bool(run.scores(task)) for task in run.tasks) > 1 else "It"
    yield f"{who} did best in epoch {together} (mean metric: {mean}); {where} its weights."
    lost = {task: best.lost for task, best in bests.items() if best.lost}
    if lost:
        worst = max(lost, key=lambda task: lost[task] * units.factor(task))
        yield (
            f"Of what each task reaches in its own best epoch, {worst} loses most by that choice: "
            f"{units.write(worst, lost[worst])} (its best: epoch {bests[worst].epoch}, best_{worst}.th)."
        )


def _test(run: Run, units: Units, bests: Mapping[str, TaskBest]) -> str:
    scores = [
        f"{task} {units.write(task, best.test)} ({run.tasks[task].metric})"
        for task, best in bests.items()
        if best.test is not None
    ]
    return f"On the test data: {', '.join(scores)}." if scores else ""


def _forgotten(run: Run, units: Units) -> str:
    finals = {task: found.final for task, found in all_forgetting(run).items() if found.final}
    if not finals:
        judged = any(map(run.scores, run.tasks)) and len(run.epochs) > 1
        return "Nothing was forgotten: every task ended at its best." if judged else ""
    worst = sorted(finals, key=lambda task: -finals[task].size * units.factor(task))
    drops = [
        f"{task} {units.write(task, finals[task].size)} (best: epoch {finals[task].best_epoch})"
        for task in worst
    ]
    why = blame(finals[worst[0]])
    return f"In its last epoch the run is below the best of {listed(drops)}. Of {worst[0]}: {why}."


def blame(drop: Drop) -> str:
    """Who caused a drop, as far as the samples tell."""
    if not drop.causes:
        return "whose steps did it is unknown (no gradients were sampled in these epochs)"
    of = "" if drop.sampled == drop.epochs else f", known of {drop.sampled} of {_epochs(drop.epochs)}"
    if not drop.culprits:
        cause = "rather overfitting or chance than interference"
        return f"by the estimate{of}, no task's steps raised its training loss: {cause}"
    causes = [f"{c.source} ({signed(c.effect)}, {_samples(c.samples)})" for c in drop.culprits]
    weak = "; so few samples say little" * (min(c.samples for c in drop.culprits) < FEW)
    return f"by the estimate{of}, its training loss was raised by the steps of {listed(causes)}{weak}"


def _samples(number: int) -> str:
    return "1 sample" if number == 1 else f"{count(number)} samples"


def _troubles(run: Run) -> Iterator[str]:
    for task in run.tasks:
        if not run.total_steps(task):
            yield f"{task} was never drawn."
        if not run.scores(task):
            yield f"{task} was not validated."
        for split in ("training", "validation"):
            losses = run.figures(f"{split}_{task}/loss")
            broken = [str(epoch) for epoch, loss in losses.items() if not math.isfinite(loss)]
            if broken:
                where = f"{', '.join(broken[:5])}{' …' * (len(broken) > 5)}"
                yield f"The {split} loss of {task} is not a number in epoch {where}."
