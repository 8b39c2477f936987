"""The rows of the report's tables, as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from hmtl.report.best import TaskBest
from hmtl.report.forgetting import Forgetting
from hmtl.report.mix import Mix
from hmtl.report.run import Run
from hmtl.report.spent import Spent
from hmtl.report.verdict import blame
from hmtl.report.wording import MISSING, Units, count, figure, percent, seconds

Rows = list[list[str]]
"""The first cell of each row is a task's name."""


def sizes(run: Run) -> Rows:
    """Head, data and what it is judged by."""
    heads = run.config.get("model")
    heads = heads.get("heads") if isinstance(heads, dict) else None
    return [
        [
            task,
            _type(heads.get(task) if isinstance(heads, dict) else None),
            count(own.instances),
            count(own.batches),
            count(run.parts.get(f"heads.{task}")),
            f"{own.metric} {'↑' if own.higher_is_better else '↓'}" if run.metric(task) else "not validated",
        ]
        for task, own in run.tasks.items()
    ]


def _type(head: Any) -> str:
    kind = head.get("type") if isinstance(head, dict) else None
    return kind if isinstance(kind, str) else MISSING


def best(run: Run, units: Units, bests: Mapping[str, TaskBest]) -> Rows:
    """Own best, joint best, the difference, test."""
    return [
        [
            task,
            run.tasks[task].metric or MISSING,
            units.write(task, own.value),
            MISSING if own.epoch is None else str(own.epoch),
            units.write(task, own.joint_value),
            units.write(task, own.lost),
            units.write(task, own.test),
        ]
        for task, own in bests.items()
    ]


def forgotten(units: Units, found: Mapping[str, Forgetting]) -> Rows:
    """Largest and final drop, and who caused the largest."""
    rows = []
    for task, own in found.items():
        row = [task]
        for drop in (own.largest, own.final):
            span = f"epoch {drop.best_epoch} → {drop.epoch}" if drop else MISSING
            row += [units.write(task, drop.size if drop else 0.0 if own.sizes else None), span]
        rows.append([*row, _sentence(blame(own.largest)) if own.largest else MISSING])
    return rows


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def shares(run: Run, steps: Mix) -> Rows:
    """Steps taken and expected, and how often the data was seen."""
    taken = {task: sum(values.values()) for task, values in steps.realised.items()}
    expected = {task: sum(values.values()) for task, values in steps.expected.items()}
    whole, hoped = sum(taken.values()), sum(expected.values())
    return [
        [
            task,
            count(number),
            percent(number / whole) if whole else MISSING,
            percent(expected[task] / hoped) if hoped else MISSING,
            count(expected[task]) if hoped else MISSING,
            count(sum(run.figures(f"training_{task}/words").values()) or None),
            figure(number / run.tasks[task].batches) if run.tasks[task].batches else MISSING,
        ]
        for task, number in taken.items()
    ]


def times(run: Run, time: Spent) -> Rows:
    """Time of each task's steps."""
    return [
        [
            task,
            seconds(own.seconds),
            percent(own.share),
            seconds(own.per_step),
            count(own.words_per_second),
        ]
        for task, own in time.tasks.items()
    ]


def tests(run: Run) -> Rows:
    """All that `metrics.json` says of the test data: task, metric, value."""
    return [list(row) for row in _tests(run)]


def _tests(run: Run) -> Iterator[tuple[str, str, str]]:
    for task in run.tasks:
        prefix = f"test_{task}/"
        for name, value in (run.final or {}).items():
            if name.startswith(prefix):
                yield task, name.removeprefix(prefix), f"{value:.4f}" if abs(value) <= 1 else figure(value)
