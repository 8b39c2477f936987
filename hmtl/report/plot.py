"""Curves over epochs, as the geometry that the template draws."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hmtl.report.scales import Scale, drawable, scale_of
from hmtl.report.wording import count, figure

WIDTH, HEIGHT = 440, 236
LEFT, RIGHT, TOP, BOTTOM = 50, 430, 12, 196
MARKED = 20
"""At most about so many points of a curve bear its mark."""
COLOURS = 6
MARKS = (
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",  # circle
    "m-3 -3h6v6h-6z",  # square
    "m0 -4.2l4 7.2h-8z",  # triangle
    "m0 -4.6l4 4.6l-4 4.6l-4 -4.6z",  # diamond
    "m0 4.2l4 -7.2h-8z",  # triangle on its tip
)


@dataclass(frozen=True)
class Series:
    """One curve: values by epoch, rising. `number` chooses colour and mark; `best` is an epoch to mark."""

    label: str
    values: Mapping[int, float]
    number: int = 0
    dashed: bool = False
    best: int | None = None


@dataclass(frozen=True)
class Curve:
    """A series in the plot's coordinates; `path` and `marks` are SVG paths."""

    label: str
    colour: int
    mark: str
    dashed: bool
    path: str
    marks: str
    best: tuple[float, float] | None


@dataclass(frozen=True)
class Plot:
    """All that the template draws. Ticks are places with their labels; `columns` are the epochs' strips, x
    and width, with the figures that a pointer there shows; `rows` are those figures as a table."""

    title: str
    unit: str
    curves: Sequence[Curve]
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    columns: Sequence[tuple[float, float, str]]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    description: str
    remarks: Sequence[str]


def plot(
    title: str, unit: str, series: Sequence[Series], log: bool = False, zero: bool = False
) -> Plot | None:
    """Draws the series that have figures; None where none has. Figures that are no numbers leave a gap and a
    remark. `log` and `zero` as in `scale_of`."""
    series = [one for one in series if one.values]
    points = {epoch for one in series for epoch, value in one.values.items() if drawable(value)}
    heights = [value for one in series for value in one.values.values() if drawable(value)]
    if not points:
        return None
    epochs = sorted({epoch for one in series for epoch in one.values})
    x, y = _epoch_scale(epochs), scale_of(heights, log, zero)
    rows = [[str(epoch), *(figure(one.values.get(epoch)) for one in series)] for epoch in epochs]
    return Plot(
        title,
        unit,
        [_curve(one, x, y) for one in series],
        [(_across(x, tick), count(tick)) for tick in x.ticks() if epochs[0] <= tick <= epochs[-1]],
        [(_up(y, tick), f"{tick:,g}".replace("-", "−")) for tick in y.ticks()],
        list(_columns(series, epochs, rows, x)),
        ["epoch", *(one.label for one in series)],
        rows,
        f"{title}, over epochs {epochs[0]} to {epochs[-1]}. " + " ".join(map(_described, series)),
        [remark for one in series if (remark := _remark(one))],
    )


def _epoch_scale(epochs: Sequence[int]) -> Scale:
    """From the first epoch to the last, not rounded up; ticks at whole numbers."""
    if epochs[0] == epochs[-1]:
        return Scale(epochs[0] - 1, epochs[0] + 1, 1)
    return Scale(epochs[0], epochs[-1], max(scale_of([epochs[0], epochs[-1]], most=8).step, 1))


def _across(x: Scale, epoch: float) -> float:
    return round(LEFT + 8 + x.at(epoch) * (RIGHT - LEFT - 16), 1)


def _up(y: Scale, value: float) -> float:
    return round(BOTTOM - y.at(value) * (BOTTOM - TOP), 1)


def _curve(series: Series, x: Scale, y: Scale) -> Curve:
    # a value without a place, or an epoch without a value, leaves a gap
    places = {e: (_across(x, e), _up(y, v)) for e, v in series.values.items() if drawable(v)}
    joined = {after for before, after in pairwise(series.values) if before in places and after == before + 1}
    path = "".join(f"{'L' if epoch in joined else 'M'}{a} {b}" for epoch, (a, b) in places.items())
    mark = MARKS[series.number % len(MARKS)]
    every = -(-len(places) // MARKED)
    marked = [place for i, (e, place) in enumerate(places.items()) if i % every == 0 or _alone(e, places)]
    marks = "".join(f"M{a} {b}{mark}" for a, b in marked)
    best = places.get(series.best) if series.best is not None else None
    return Curve(series.label, series.number % COLOURS, mark, series.dashed, path, marks, best)


def _alone(epoch: int, places: Mapping[int, object]) -> bool:
    return epoch - 1 not in places and epoch + 1 not in places


def _columns(
    series: Sequence[Series], epochs: Sequence[int], rows: Sequence[Sequence[str]], x: Scale
) -> Iterator[tuple[float, float, str]]:
    middles = [_across(x, epoch) for epoch in epochs]
    bounds = [LEFT, *((a + b) / 2 for a, b in pairwise(middles)), RIGHT]
    for (left, right), (epoch, *values) in zip(pairwise(bounds), rows, strict=True):
        lines = (f"{one.label}: {value}" for one, value in zip(series, values, strict=True))
        yield round(left, 1), round(right - left, 1), "\n".join((f"epoch {epoch}", *lines))


def _described(series: Series) -> str:
    numbers = {epoch: value for epoch, value in series.values.items() if drawable(value)}
    if not numbers:
        return f"{series.label}: no number."
    values = list(numbers.values())
    low, high = min(numbers, key=numbers.__getitem__), max(numbers, key=numbers.__getitem__)
    return (
        f"{series.label}: from {figure(values[0])} to {figure(values[-1])}, "
        f"lowest {figure(numbers[low])} in epoch {low}, highest {figure(numbers[high])} in epoch {high}."
    )


def _remark(series: Series) -> str:
    lost = [str(epoch) for epoch, value in series.values.items() if not drawable(value)]
    where = f"{', '.join(lost[:5])}{' …' * (len(lost) > 5)}"
    return f"{series.label}: not a number that can be drawn in epoch {where}." if lost else ""
