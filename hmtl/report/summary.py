"""The report for programs, and for a terminal."""

import math
from collections.abc import Sequence
from typing import Any

from hmtl.render.terminal import columns, safe
from hmtl.report import tables
from hmtl.report.best import joint_best, task_bests
from hmtl.report.forgetting import Drop
from hmtl.report.mix import mix
from hmtl.report.run import Run
from hmtl.report.spent import spent
from hmtl.report.verdict import all_forgetting, verdict
from hmtl.report.wording import Units


def summary(run: Run) -> dict[str, Any]:
    """The figures of the report as plain values; what is not a number or not known is null."""
    bests, forgotten, steps, time = task_bests(run), all_forgetting(run), mix(run), spent(run)
    together = joint_best(run)
    tasks = {
        task: {
            "metric": own.metric,
            "higher_is_better": own.higher_is_better,
            "best_epoch": bests[task].epoch,
            "best": bests[task].value,
            "at_joint_best": bests[task].joint_value,
            "lost_by_joint_best": bests[task].lost,
            "test": bests[task].test,
            "largest_drop": _drop(forgotten[task].largest),
            "final_drop": _drop(forgotten[task].final),
            "steps": run.total_steps(task),
            "expected_steps": sum(steps.expected[task].values()) if steps.expected else None,
            "training_seconds": time.tasks[task].seconds if time else None,
            "words_per_second": time.tasks[task].words_per_second if time else None,
        }
        for task, own in run.tasks.items()
    }
    whole = {
        "run": run.name,
        "epochs": len(run.epochs),
        "planned_epochs": run.num_epochs,
        "finished": run.final is not None,
        "joint_best_epoch": together,
        "joint_best_mean": None if together is None else run.joint()[together],
        "training_seconds": math.fsum(time.training.values()) if time else None,
        "validation_seconds": math.fsum(time.validation.values()) if time else None,
        "tasks": tasks,
        "verdict": verdict(run),
        "notes": list(run.notes),
    }
    return _plain(whole)


def _drop(drop: Drop | None) -> dict[str, Any] | None:
    if drop is None:
        return None
    causes = [{"source": c.source, "effect": c.effect, "samples": c.samples} for c in drop.causes]
    return {
        "epoch": drop.epoch,
        "best_epoch": drop.best_epoch,
        "drop": drop.size,
        "causes": causes or None,
        "epochs_sampled": drop.sampled,
        "epochs_between": drop.epochs,
    }


def _plain(value: Any) -> Any:
    """NaN and infinity, which JSON does not have, as null."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def lines(run: Run) -> list[str]:
    """The verdict and a table of best epochs and drops, safe to print whatever names the files hold."""
    units = Units(run)
    best, drops = tables.best(run, units, task_bests(run)), tables.forgotten(units, all_forgetting(run))
    header = ["task", "metric", "best", "epoch", "joint best", "lost", "test", "largest drop", "final drop"]
    rows = [[*own, drop[1], drop[3]] for own, drop in zip(best, drops, strict=True)]
    return [
        *map(safe, verdict(run)),
        "",
        *_table([header, *rows]),
        *map(safe, ["", *run.notes] * bool(run.notes)),
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names to the left, figures to the right."""
    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(i, cell, widths[i]) for i, cell in enumerate(row)).rstrip() for row in cells]


def _padded(column: int, cell: str, width: int) -> str:
    room = " " * (width - columns(cell))
    return cell + room if column < 2 else room + cell
