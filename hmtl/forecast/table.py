"""A forecast to be read in a terminal."""

import textwrap
from collections.abc import Iterable, Sequence

from hmtl.forecast.simulate import Epoch, Forecast

HEAD, TAIL = 3, 2
"""Epochs that are shown of a run of many: these are enough to see where it starts and where it goes."""
COLUMNS = ("epoch", "task", "steps", "share", "passes so far", "instances", "words", "learning rate")
WIDTH = 100


def table(forecast: Forecast, plain: bool = False) -> str:
    """The data, the epochs, the whole, and the notes. `plain`: in ASCII characters."""
    parts = [_lines(_corpora(forecast)), _lines(_epochs(forecast))]
    parts += [textwrap.fill(note, WIDTH) for note in forecast.notes]
    text = "\n\n".join(parts) + "\n"
    return text.replace("→", "->").replace("⋮", ":") if plain else text


def _corpora(forecast: Forecast) -> Iterable[Sequence[str]]:
    yield "data", "batches", "instances", "words"
    for task, size in forecast.run.plan.sizes.items():
        yield task, f"{size.batches:,}", f"{size.instances:,}", f"{forecast.words[task]:,}"


def _epochs(forecast: Forecast) -> Iterable[Sequence[str]]:
    yield COLUMNS
    count = len(forecast.epochs)
    hidden = range(HEAD, count - TAIL) if count > HEAD + TAIL + 1 else range(0)
    for number, epoch in enumerate(forecast.epochs):
        if number not in hidden:
            yield from _rows(str(number), epoch)
        elif number == hidden[0]:
            yield ("⋮", f"epochs {hidden[0]} to {hidden[-1]} are left out here; --json has them all")
    for row in _rows("all", _whole(forecast.epochs)):
        # a rate may rise and fall between the first step and the last
        yield *row[:-1], ""


def _rows(label: str, epoch: dict[str, Epoch]) -> Iterable[Sequence[str]]:
    for number, (task, figures) in enumerate(epoch.items()):
        first, last = (f"{rate:.3g}" for rate in figures.learning_rates)
        yield (
            "" if number else label,
            task,
            f"{figures.steps:,}",
            f"{figures.share:.1%}",
            f"{figures.passes:,.2f}",
            f"{figures.instances:,}",
            f"{figures.words:,}",
            first if first == last else f"{first} → {last}",
        )


def _whole(epochs: Sequence[dict[str, Epoch]]) -> dict[str, Epoch]:
    """All epochs as one."""
    steps = sum(figures.steps for epoch in epochs for figures in epoch.values())
    return {
        task: Epoch(
            sum(epoch[task].steps for epoch in epochs),
            sum(epoch[task].steps for epoch in epochs) / steps,
            last.passes,
            sum(epoch[task].instances for epoch in epochs),
            sum(epoch[task].words for epoch in epochs),
            (epochs[0][task].learning_rates[0], last.learning_rates[1]),
        )
        for task, last in epochs[-1].items()
    }


def _lines(rows: Iterable[Sequence[str]]) -> str:
    """Columns of even width, numbers to the right; a row of two cells runs over its second."""
    rows = list(rows)
    widths = [max(len(row[n]) for row in rows if len(row) > 2) for n in range(len(rows[0]))]
    names = 2 if rows[0] == COLUMNS else 1
    return "\n".join(_line(row, widths, names) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], names: int) -> str:
    cells = [
        cell.ljust(width) if number < names else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=False))
    ]
    return "  ".join(cells).rstrip()
