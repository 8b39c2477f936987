import math
import re

import pytest

from hmtl.report.plot import BOTTOM, LEFT, MARKED, RIGHT, TOP, Series, plot


def points(path: str) -> list[tuple[str, float, float]]:
    return [(step, float(x), float(y)) for step, x, y in re.findall(r"([ML])(\S+) ([\d.]+)", path)]


def test_a_curve_runs_from_side_to_side_and_stays_inside() -> None:
    drawn = plot("Loss", "", [Series("a", {0: 4.0, 1: 2.0, 2: 1.0}), Series("b", {0: 1.0, 1: 3.0, 2: 0.0})])
    one, other = (points(curve.path) for curve in drawn.curves)
    assert [step for step, _, _ in one] == ["M", "L", "L"]
    assert [x for _, x, _ in one] == [LEFT + 8, (LEFT + RIGHT) / 2, RIGHT - 8]
    assert one[0][2] == TOP and other[2][2] == BOTTOM and one[2][2] == other[0][2]
    assert [float(label) for _, label in drawn.y_ticks] == [0, 1, 2, 3, 4]
    assert [label for _, label in drawn.x_ticks] == ["0", "1", "2"]
    assert [row[0] for row in drawn.rows] == ["0", "1", "2"] and drawn.rows[1][1:] == ["2.00", "3.00"]


def test_gaps_where_there_is_no_number_or_no_epoch() -> None:
    drawn = plot("x", "", [Series("a", {0: 1.0, 1: math.nan, 2: 2.0, 3: 3.0, 5: 1.0, 6: 1e200})])
    assert [step for step, _, _ in points(drawn.curves[0].path)] == ["M", "M", "L", "M"]
    assert drawn.remarks == ["a: not a number that can be drawn in epoch 1, 6."]
    assert "a\nnot" not in drawn.description and "highest 3.00 in epoch 3" in drawn.description


def test_one_epoch_is_a_mark_in_the_middle() -> None:
    drawn = plot("x", "", [Series("a", {7: 3.0}, best=7)])
    assert drawn.curves[0].best == ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
    assert drawn.curves[0].marks and drawn.x_ticks == [((LEFT + RIGHT) / 2, "7")]


def test_columns_share_the_width_out() -> None:
    drawn = plot("x", "", [Series("a", {0: 1.0, 3: 2.0, 4: 5.0})])
    ends = [(x, x + width) for x, width, _ in drawn.columns]
    assert ends[0][0] == LEFT and ends[-1][1] == pytest.approx(RIGHT)
    assert all(a[1] == pytest.approx(b[0], abs=0.11) for a, b in zip(ends, ends[1:], strict=False))
    assert drawn.columns[1][2] == "epoch 3\na: 2.00"


@pytest.mark.parametrize("epochs", [1, 19, 20, 21, 200, 1000])
def test_marks_stay_few(epochs) -> None:
    drawn = plot("x", "", [Series("a", {epoch: float(epoch) for epoch in range(epochs)})])
    assert min(epochs, MARKED // 2) <= drawn.curves[0].marks.count("M") <= MARKED
    assert len(drawn.rows) == epochs and len(drawn.x_ticks) <= 10


def test_a_task_that_comes_now_and_then_is_still_seen() -> None:
    drawn = plot("x", "", [Series("a", dict.fromkeys(range(0, 100, 2), 1.0))])
    assert drawn.curves[0].marks.count("M") == 50


@pytest.mark.parametrize("series", [[], [Series("a", {})], [Series("a", {0: math.nan})]])
def test_nothing_to_draw(series) -> None:
    assert plot("x", "", series) is None
