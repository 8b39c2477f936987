"""Tables and strips whose cells are shaded by a number between -1 and 1."""

import math
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hmtl.report.run import Run
from hmtl.report.wording import MISSING, signed

BOUNDS = (0.02, 0.06, 0.15, 0.3, 0.6)
"""Where one shade ends and the next, stronger one begins: cosines of gradients are small."""
MOST = 60
"""More epochs than these share cells."""


@dataclass(frozen=True)
class Cell:
    """A number as text, and its shade: 0 for about 0, up to 5 for 1 and down to -5 for -1; None for no
    number."""

    text: str
    shade: int | None = None


@dataclass(frozen=True)
class Heat:
    """A table: a name for each row and each column, and a cell for each pair of them."""

    rows: Mapping[str, Sequence[Cell]]
    columns: Sequence[str]


def shade(value: float) -> int:
    """The shade of a number; one that is none has no shade."""
    if math.isnan(value):
        return 0
    return int(math.copysign(bisect(BOUNDS, abs(value)), value))


def mean_cosines(run: Run) -> Heat:
    """The mean over the epochs, by pair of tasks and part of the model."""
    parts = _parts(run)
    rows = {
        pair: [_mean_cell(_series(run, part, pair).values()) for part in parts] for pair in _pairs(run, parts)
    }
    return Heat({_spaced(pair): cells for pair, cells in rows.items()}, parts)


def cosine_strips(run: Run) -> dict[str, Heat]:
    """For each part of the model, pairs of tasks over epochs."""
    numbers, size = [epoch.number for epoch in run.epochs], -(-len(run.epochs) // MOST)
    groups = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    columns = [str(own[0]) if len(own) == 1 else f"{own[0]} to {own[-1]}" for own in groups]
    strips = {}
    for part in _parts(run):
        series = {pair: _series(run, part, pair) for pair in _pairs(run, [part])}
        rows = {
            _spaced(pair): [_mean_cell(own[e] for e in group if e in own) for group in groups]
            for pair, own in series.items()
        }
        strips[part] = Heat(rows, columns)
    return strips


def effects(run: Run) -> Heat:
    """By source and target, the sum over the epochs of what the source's steps did to the target's training
    loss; shaded (reversed, so that harm is negative) by its ratio to the largest effect on that target."""
    totals: dict[str, dict[str, float]] = {task: {} for task in run.tasks}
    for epoch in run.epochs:
        for source, targets in (epoch.interference.effect if epoch.interference else {}).items():
            for target, effect in targets.items():
                if source in totals and target in run.tasks and math.isfinite(effect):
                    totals[source][target] = totals[source].get(target, 0.0) + effect
    largest = {
        target: max((abs(own.get(target, 0.0)) for own in totals.values()), default=0.0)
        for target in run.tasks
    }

    def cell(own: Mapping[str, float], target: str) -> Cell:
        if target not in own:
            return Cell(MISSING)
        ratio = own[target] / largest[target] if largest[target] else 0.0
        return Cell(signed(own[target]), -shade(ratio))

    return Heat(
        {source: [cell(own, target) for target in run.tasks] for source, own in totals.items()},
        list(run.tasks),
    )


def _parts(run: Run) -> list[str]:
    """Those in which gradients were compared, in the model's order."""
    found = dict.fromkeys(part for e in run.epochs if e.interference for part in e.interference.cosine)
    return [part for part in dict.fromkeys([*run.parts, *found]) if part in found]


def _pairs(run: Run, parts: Iterable[str]) -> list[str]:
    known = [epoch.interference.cosine for epoch in run.epochs if epoch.interference]
    return list(dict.fromkeys(pair for part in parts for cosine in known for pair in cosine.get(part, {})))


def _series(run: Run, part: str, pair: str) -> dict[int, float]:
    found = ((e.number, e.interference.cosine.get(part, {})) for e in run.epochs if e.interference)
    return {number: pairs[pair] for number, pairs in found if math.isfinite(pairs.get(pair, math.nan))}


def _mean_cell(values: Iterable[float]) -> Cell:
    values = list(values)
    mean = sum(values) / len(values) if values else None
    # two digits, and none of them a negative 0
    return (
        Cell(MISSING) if mean is None else Cell(f"{round(mean, 2) + 0.0:.2f}".replace("-", "−"), shade(mean))
    )


def _spaced(pair: str) -> str:
    return pair.replace("~", " ~ ")
