"""A forecast as a picture."""

import sys
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from small_run import config_of

from hmtl.forecast import Run, simulate
from hmtl.forecast.plot import check_plot, plot


@pytest.fixture
def figure(small_corpus, monkeypatch, tmp_path):
    """The figure that is saved for three tasks and four epochs."""
    figure_module = pytest.importorskip("matplotlib.figure")
    kept = []
    savefig = figure_module.Figure.savefig

    def keep(self, *args, **kwargs):
        kept.append(self)
        return savefig(self, *args, **kwargs)

    monkeypatch.setattr(figure_module.Figure, "savefig", keep)
    config = config_of(small_corpus, "ner emd coref", num_epochs=4)
    forecast = simulate(Run.from_config(Params(config)), 4)
    plot(forecast, tmp_path / "plot.png", "a title")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]
    return forecast, kept[0]


def test_bars_are_the_shares_and_fill_each_epoch(figure):
    forecast, drawn = figure
    axes = drawn.axes[0]
    for container, task in zip(axes.containers, forecast.run.plan.sizes, strict=True):
        heights = [abs(bar.get_height()) for bar in container]
        assert heights == pytest.approx([epoch[task].share for epoch in forecast.epochs])
    lowest = [bar.get_y() + bar.get_height() for bar in axes.containers[-1]]
    assert lowest == pytest.approx([0] * 4, abs=1e-9)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(forecast.run.plan.sizes)


def test_lines_are_the_passes_and_the_rates(figure):
    forecast, drawn = figure
    colours = dict(
        zip(forecast.run.plan.sizes, (c[0].get_facecolor() for c in drawn.axes[0].containers), strict=True)
    )
    from matplotlib.colors import to_rgba

    lines = {to_rgba(line.get_color()): line for line in drawn.axes[1].lines}
    for task, colour in colours.items():
        passes = [0, *(epoch[task].passes for epoch in forecast.epochs)]
        assert list(lines[colour].get_ydata()) == passes
    # the same for all: one line in stripes of every colour
    assert {to_rgba(line.get_color()) for line in drawn.axes[2].lines} == set(colours.values())
    assert len({tuple(line.get_ydata()) for line in drawn.axes[2].lines}) == 1
    assert len({line._unscaled_dash_pattern[0] for line in drawn.axes[2].lines}) == 3


def test_epochs_are_named(figure):
    _, drawn = figure
    assert [label.get_text() for label in drawn.axes[2].get_xticklabels()] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("count", [1, 8, 13])
def test_every_task_has_its_own_colour(count):
    pytest.importorskip("matplotlib")
    from hmtl.forecast.plot import _colours

    assert len(set(_colours(count))) == count


def test_only_a_png_in_a_folder_that_is_there(tmp_path):
    with pytest.raises(
        ConfigurationError, match=r"^--plot .*out\.pdf: only PNG is written; let the name end"
    ):
        check_plot(tmp_path / "out.pdf")
    with pytest.raises(ConfigurationError, match=r"there is no folder .*missing; create it first$"):
        check_plot(tmp_path / "missing" / "out.png")


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ConfigurationError, match=r"^--plot needs matplotlib, .*pip install '\.\[plots\]'$"):
        check_plot(Path("out.png"))
