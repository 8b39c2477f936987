"""A forecast as a picture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from allennlp.common.checks import ConfigurationError

from hmtl.files import replacing
from hmtl.forecast.simulate import Forecast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe & Ito's, which colour-blind readers can tell apart; yellow, which vanishes on white, comes last.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "#F0E442")
DARK, LIGHT = "#333333", "#DDDDDD"
STRIPE = 4
Curve = Sequence[tuple[float, float]]
STYLE = {
    "font.size": 11,
    "axes.edgecolor": LIGHT,
    "axes.labelcolor": DARK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": DARK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def check_plot(path: Path) -> None:
    """Raises `ConfigurationError` where no plot can be written there, or none drawn at all."""
    if path.suffix.lower() != ".png":
        raise ConfigurationError(f"--plot {path}: only PNG is written; let the name end in .png")
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(f"--plot {path}: there is no folder {path.parent}; create it first")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            "--plot needs matplotlib, which is not installed; install hmtl's extra: pip install '.[plots]'"
        ) from error


def plot(forecast: Forecast, path: Path, title: str) -> None:
    """Writes a PNG: shares of the steps, passes over the data and learning rates, by epoch."""
    import matplotlib

    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **STYLE}):
        figure = _draw(forecast, title)
        with replacing(path) as file:
            figure.savefig(file, format="png", dpi=150)


def _draw(forecast: Forecast, title: str) -> "Figure":
    # not pyplot, which would look for a display
    from matplotlib.figure import Figure

    tasks = list(forecast.run.plan.sizes)
    colours = dict(zip(tasks, _colours(len(tasks)), strict=True))
    figure = Figure(figsize=(10, 9), layout="constrained")
    shares, passes, rates = figure.subplots(3, sharex=True, height_ratios=(3, 3, 2))
    figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold", color=DARK)
    _draw_shares(shares, forecast, colours)
    _draw_passes(passes, forecast, colours)
    _draw_rates(rates, forecast, colours)
    _draw_epochs(rates, len(forecast.epochs))
    return figure


def _colours(count: int) -> list[str]:
    import matplotlib.colors

    if count <= len(COLOURS):
        return list(COLOURS[:count])
    wheel = [(number / count, 0.65, (0.9, 0.6)[number % 2]) for number in range(count)]
    return [matplotlib.colors.to_hex(colour) for colour in matplotlib.colors.hsv_to_rgb(wheel)]


def _draw_shares(axes: "Axes", forecast: Forecast, colours: Mapping[str, str]) -> None:
    """Stacked in the tasks' order, the first at the top as in the legend."""
    count = len(forecast.epochs)
    top = np.ones(count)
    for task, colour in colours.items():
        height = np.array([epoch[task].share for epoch in forecast.epochs])
        gap = {"edgecolor": "white", "linewidth": 0.8 if count <= 50 else 0}
        axes.bar(np.arange(count) + 0.5, -height, 1, bottom=top, color=colour, label=task, **gap)
        top -= height
    axes.set_title("Share of the steps")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter("{x:.0%}")
    place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": min(5, len(colours))}
    axes.legend(**place, frameon=False, handlelength=1, handleheight=1, labelcolor=DARK)


def _draw_passes(axes: "Axes", forecast: Forecast, colours: Mapping[str, str]) -> None:
    curves = {task: [(0, 0)] for task in colours}
    for number, epoch in enumerate(forecast.epochs, start=1):
        for task, figures in epoch.items():
            curves[task].append((number, figures.passes))
    _draw_curves(axes, curves, colours)
    axes.set_title("Passes over each task's data")


def _draw_rates(axes: "Axes", forecast: Forecast, colours: Mapping[str, str]) -> None:
    _draw_curves(axes, forecast.learning_rates, colours)
    axes.set_title("Learning rate")
    axes.yaxis.set_major_formatter("{x:.3g}")


def _draw_curves(axes: "Axes", curves: Mapping[str, Curve], colours: Mapping[str, str]) -> None:
    """One for each task; tasks with the same curve share one line in stripes."""
    alike = defaultdict(list)
    for task, curve in curves.items():
        alike[tuple(curve)].append(task)
    for curve, tasks in alike.items():
        for number, task in enumerate(tasks):
            stripes = (-STRIPE * number, (STRIPE, STRIPE * (len(tasks) - 1)))
            style = {"linestyle": stripes, "dash_capstyle": "butt"} if len(tasks) > 1 else {}
            axes.plot(*zip(*curve, strict=True), color=colours[task], linewidth=2, **style)
    axes.set_ylim(0)
    axes.grid(axis="y", color=LIGHT)


def _draw_epochs(axes: "Axes", count: int) -> None:
    """Epochs are as wide as their bars, and named in their middles."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(20, steps=[1, 2, 5, 10], integer=True).tick_values(0, count)
    named = [int(tick) for tick in ticks if tick < count]
    axes.set_xlim(0, count)
    axes.set_xticks([number + 0.5 for number in named], named)
    axes.set_xlabel("epoch")
