"""Figures as people read them."""

import math
from collections.abc import Sequence

from hmtl.report.run import Run

MISSING = "–"


def figure(value: float | None) -> str:
    """Three significant digits: `0.00123`, `12.3`, `1,230`, `1.2e+09`."""
    if value is None or not math.isfinite(value):
        return MISSING if value is None else "not a number" if math.isnan(value) else f"{value}"
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.2g}"
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{max(digits, 0)}f}"


def signed(value: float) -> str:
    """`+0.12`, `−0.12`."""
    return f"{'−' if value < 0 else '+'}{figure(abs(value))}"


def count(value: float | None) -> str:
    """`12,345`."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:,.0f}"


def percent(value: float | None) -> str:
    """`12.3 %` of a fraction."""
    return MISSING if value is None or not math.isfinite(value) else f"{100 * value:.1f} %"


def seconds(value: float | None) -> str:
    """`0.012 s`, `34 s`, `5 min 6 s`, `7 h 8 min`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value < 60:
        return f"{figure(value)} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {rest} s"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


class Units:
    """How a task's main metric is written: a fraction, such as an F1, in points of 100, anything else as it
    is."""

    def __init__(self, run: Run) -> None:
        self._factors = {task: self._factor(run, task) for task in run.tasks}

    @staticmethod
    def _factor(run: Run, task: str) -> int:
        own = run.tasks[task]
        fraction = all(math.isnan(value) or 0 <= value <= 1 for value in run.metric(task).values())
        return 100 if fraction and own.higher_is_better and own.metric != "loss" else 1

    def factor(self, task: str | None) -> int:
        """100 or 1; without a task that of the mean of all, 100 only where it is everybody's."""
        return min(self._factors.values()) if task is None else self._factors[task]

    def write(self, task: str | None, value: float | None) -> str:
        """A value of the metric, or the difference between two."""
        if value is None or not math.isfinite(value):
            return figure(value)
        return f"{100 * value:.1f}" if self.factor(task) == 100 else figure(value)
