import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.report.scales import drawable, scale_of

VALUES = st.lists(st.floats(allow_nan=False, allow_infinity=False).filter(drawable), min_size=1, max_size=6)


@given(VALUES, st.booleans(), st.booleans())
def test_every_value_has_a_place(values, log, zero) -> None:
    scale = scale_of(values, log, zero)
    assert all(-1e-6 <= scale.at(value) <= 1 + 1e-6 for value in values)
    assert scale.at(scale.low) == 0 and scale.at(scale.high) == pytest.approx(1)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 9 and all(a < b for a, b in pairwise(ticks))
    assert scale.at(ticks[0]) == pytest.approx(0, abs=1e-6) and scale.at(ticks[-1]) == pytest.approx(1)
    if zero and not scale.log:
        assert scale.low <= 0 <= scale.high


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0, 0.83], [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ([13, 47], [10, 20, 30, 40, 50]),
        ([-10.4, 0], [-15, -10, -5, 0]),
        ([5], [4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6]),
        ([0], [-1, -0.5, 0, 0.5, 1]),
    ],
)
def test_round_numbers(values, ticks) -> None:
    assert scale_of(values).ticks() == ticks


def test_a_logarithmic_axis_where_it_shows_more() -> None:
    scale = scale_of([0.02, 300.0], log=True)
    assert scale.log and scale.ticks() == pytest.approx([0.01, 0.1, 1, 10, 100, 1000])
    assert scale.at(1.0) == pytest.approx(2 / 5)
    for values in ([1.0, 59.0], [0.0, 300.0], [-1.0, 300.0]):
        assert not scale_of(values, log=True).log
    assert not scale_of([0.02, 300.0]).log


def test_what_is_not_drawable() -> None:
    assert [drawable(value) for value in (0.0, -3.5, math.nan, math.inf, 1e300)] == [
        True,
        True,
        False,
        False,
        False,
    ]
