"""A forecast to be read in a terminal."""

import re

import pytest
from allennlp.common import Params
from small_run import config_of

from hmtl.forecast import simulate, table
from hmtl.forecast.run import Run


@pytest.fixture
def forecast_of(small_corpus):
    def build(num_epochs: int, **trainer):
        config = config_of(small_corpus, "ner emd", num_epochs=num_epochs, **trainer)
        return simulate(Run.from_config(Params(config)), num_epochs)

    return build


def rows_of(text: str) -> dict[str, dict[str, list[str]]]:
    """The cells of the second block, by epoch and task."""
    rows, label = {}, ""
    for line in text.split("\n\n")[1].splitlines()[1:]:
        label = line[:5].strip() or label
        task, *cells = line[5:].split()
        rows.setdefault(label, {})[task] = cells
    return rows


def test_every_figure_is_there(forecast_of):
    forecast = forecast_of(2)
    rows = rows_of(table(forecast))
    assert list(rows) == ["0", "1", "all"]
    for number, epoch in enumerate(forecast.epochs):
        for task, figures in epoch.items():
            steps, share, passes, instances, words, rate = rows[str(number)][task]
            assert int(steps) == figures.steps and int(instances) == figures.instances
            assert share == f"{figures.share:.1%}" and passes == f"{figures.passes:.2f}"
            assert int(words.replace(",", "")) == figures.words and float(rate) == figures.learning_rates[0]
    for task, cells in rows["all"].items():
        for cell, name in zip((cells[0], cells[3], cells[4]), ("steps", "instances", "words"), strict=True):
            whole = sum(getattr(epoch[task], name) for epoch in forecast.epochs)
            assert int(cell.replace(",", "")) == whole
        assert cells[2] == f"{forecast.epochs[-1][task].passes:.2f}"


@pytest.mark.parametrize("count", [1, 5, 6, 7, 40])
def test_what_is_left_out_is_said(count, forecast_of):
    rows = rows_of(table(forecast_of(count)))
    shown = [int(label) for label in rows if label.isdigit()]
    if count <= 6:
        assert shown == list(range(count)) and "⋮" not in rows
    else:
        assert shown == [0, 1, 2, count - 2, count - 1]
        assert rows["⋮"]["epochs"][:3] == ["3", "to", str(count - 3)]


def test_every_number_ends_where_its_header_does(forecast_of):
    for block, names in zip(table(forecast_of(8)).split("\n\n"), (1, 2), strict=False):
        header, *lines = block.splitlines()
        ends = [match.end() for match in re.finditer(r"\S+( \S+)*", header)][names:]
        for line in lines:
            if "⋮" not in line:
                found = [match.end() for match in re.finditer(r"\S+", line)]
                assert {end for end in found if end >= ends[0]} <= set(ends)


def test_plain_is_ascii(forecast_of):
    schedule = {"type": "exponential", "gamma": 0.9}
    forecast = forecast_of(9, learning_rate_scheduler=schedule, shared_optimizer=True)
    assert table(forecast, plain=True).isascii()
