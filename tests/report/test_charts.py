import math
from dataclasses import replace

import pytest

from hmtl.report import charts
from hmtl.report.mix import mix
from hmtl.report.run import Run
from hmtl.report.spent import spent
from hmtl.report.verdict import all_forgetting
from hmtl.report.wording import Units


def drops(run: Run) -> list[list[str]]:
    return charts.forgetting_plot(run, Units(run), all_forgetting(run)).rows


def test_a_run_has_them_all(written) -> None:
    run = written(epochs=5)
    units, time = Units(run), spent(run)
    assert [len(plots) for plots in charts.task_plots(run, units).values()] == [2] * 4
    (losses, metric) = charts.task_plots(run, units)["emd"]
    assert [curve.label for curve in losses.curves] == ["training", "validation"]
    best = int(run.final["emd/best_epoch"])
    assert float(metric.rows[best][1]) == pytest.approx(100 * run.final["emd/best_f1"], rel=5e-3)
    assert [curve.label for curve in charts.joint_plot(run, units).curves] == [*run.tasks, "mean"]
    assert len(charts.mix_plots(run, mix(run))) == 4
    assert len(charts.time_plot(run, time).rows) == 5


def test_curves_that_are_the_same_are_one(written) -> None:
    scale, norm, rate = charts.scale_plots(written(epochs=5))
    assert len(scale.curves) == len(norm.curves) == 4
    assert [curve.label for curve in rate.curves] == ["ner, emd, relation, coref"]


def test_drops_are_in_points_or_where_metrics_differ_in_percent_of_the_best(run_of) -> None:
    def floats(run: Run) -> list[list[float]]:
        return [[float(cell) for cell in row[1:]] for row in drops(run)]

    assert floats(run_of({"a": [0.5, 0.4, 0.6], "b": [0.1, 0.1, 0.1]})) == [[0, 0], [-10, 0], [0, 0]]
    mixed = run_of({"a": [0.5, 0.4, 0.6], "b": [40.0, 50.0, 20.0]}, lower=("b",))
    assert floats(mixed) == [[0, 0], [-20, -25], [0, 0]]


def test_a_task_alone_has_no_mean(run_of) -> None:
    run = run_of({"a": [0.5, 0.4], "b": []})
    assert charts.joint_plot(run, Units(run)) is None


def test_metrics_that_differ_leave_the_mean_alone(run_of) -> None:
    run = run_of({"a": [0.5, 0.4], "b": [30.0, 40.0]})
    assert [curve.label for curve in charts.joint_plot(run, Units(run)).curves] == ["mean"]


def test_without_figures_there_are_no_curves(run_of) -> None:
    run = run_of({"a": [math.nan]})
    run = replace(run, epochs=[replace(run.epochs[0], figures={})])
    assert charts.task_plots(run, Units(run)) == {"a": []} and charts.scale_plots(run) == []
    assert charts.forgetting_plot(run, Units(run), all_forgetting(run)) is None
