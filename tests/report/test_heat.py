import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.report.heat import MOST, Cell, cosine_strips, effects, mean_cosines, shade
from hmtl.report.run import Interference


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_shades_follow_the_number(one, other) -> None:
    assert -5 <= shade(one) <= 5 and shade(-one) == -shade(one)
    assert one > other or shade(one) <= shade(other)


def test_shades_by_hand() -> None:
    assert [shade(x) for x in (0.0, 0.019, -0.02, 0.1, 1.0, -1.0, math.nan)] == [0, 0, -1, 2, 5, -5, 0]


def of(cosine: float) -> Interference:
    return Interference({}, {"levels.a": {"a~b": cosine}, "embedder": {"a~b": 0.5, "a~c": -cosine}})


def test_cosines_by_hand(run_of) -> None:
    run = run_of(
        {"a": [0.0] * 4}, {0: of(0.1), 1: of(math.nan), 3: of(0.3)}, parts={"embedder": 1, "levels.a": 1}
    )
    means = mean_cosines(run)
    assert means.columns == ["embedder", "levels.a"]
    assert means.rows == {
        "a ~ b": [Cell("0.50", 4), Cell("0.20", 3)],
        "a ~ c": [Cell("−0.20", -3), Cell("–")],
    }
    strip = cosine_strips(run)["levels.a"]
    assert strip.columns == ["0", "1", "2", "3"]
    assert strip.rows == {"a ~ b": [Cell("0.10", 2), Cell("–"), Cell("–"), Cell("0.30", 4)]}


def test_no_negative_zero(run_of) -> None:
    assert mean_cosines(run_of({"a": [0.0]}, {0: of(-0.001)})).rows["a ~ b"][0].text == "0.00"


@pytest.mark.parametrize("epochs", [1, MOST, MOST + 1, 200])
def test_many_epochs_share_cells(epochs, run_of) -> None:
    strip = cosine_strips(run_of({"a": [0.0] * epochs}, {e: of(0.4) for e in range(epochs)}))["levels.a"]
    assert len(strip.columns) == len(strip.rows["a ~ b"]) <= MOST
    assert {cell.text for cell in strip.rows["a ~ b"]} == {"0.40"}
    assert strip.columns[-1].endswith(str(epochs - 1))


def test_effects_are_summed_and_harm_is_shaded_as_conflict(run_of) -> None:
    first = Interference({}, {}, {"a": {"a": -2.0, "b": 1.0}, "gone": {"a": 9.0}})
    second = Interference({}, {}, {"a": {"a": -2.0, "b": 1.0}, "b": {"b": -8.0, "a": math.inf}})
    heat = effects(run_of({"a": [0.0, 0.0], "b": [0.0, 0.0]}, {0: first, 1: second}))
    assert heat.columns == ["a", "b"]
    assert heat.rows == {"a": [Cell("−4.00", 5), Cell("+2.00", -3)], "b": [Cell("–"), Cell("−8.00", 5)]}
