"""From figures to places along an axis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

LARGEST, SMALLEST = 1e100, 1e-100
"""Beyond these a figure is not drawn: differences and ratios of such numbers overflow."""
MANY = 60.0
"""How many times the smallest value the largest must be for a logarithmic axis to show more."""


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, above `low`; ticks lie every `step` (of the logarithm to base 10, if
    `log`)."""

    low: float
    high: float
    step: float
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value: 0 at the low end, 1 at the high one."""
        if self.log:
            return math.log10(value / self.low) / math.log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """The values to write beside the axis, rising."""
        if self.log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1, round(self.step))]
        first, last = round(self.low / self.step), round(self.high / self.step)
        # 12 digits: 3 * 0.1 is to be 0.3
        return [float(f"{number * self.step:.12g}") for number in range(first, last + 1)]


def drawable(value: float) -> bool:
    """Whether a value has a place on any axis."""
    return math.isfinite(value) and abs(value) < LARGEST


def scale_of(values: Iterable[float], log: bool = False, zero: bool = False, most: int = 5) -> Scale:
    """An axis that holds all values, from one round number to another.

    # Parameters

    values : drawable, at least one. log : whether the axis may be logarithmic, where that shows more.
        zero : whether it must hold 0. most : about how many steps between ticks at most.
    """
    low, high = min(values := list(values)), max(values)
    if log and low > SMALLEST and high / low > MANY:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        step = math.ceil((last - first) / most)
        return Scale(10.0**first, 10.0 ** (first + step * math.ceil((last - first) / step)), step, log=True)
    low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
    if high - low <= 1e-9 * max(abs(low), abs(high)) or high - low < SMALLEST:
        room = max(abs(low) / 10, SMALLEST) if high else 1.0
        low, high = low - room, high + room
    step = _round_step((high - low) / most)
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of 10, not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= least), 10 * power)
