"""Tasks drawn by weights that change from step to step."""

import math

import numpy as np
import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, plan_of, shares


def at(points: list[list[float]], step: int) -> float:
    """The function through the points, by its definition."""
    if step <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in zip(points, points[1:], strict=False):
        if step <= right:
            return low + (high - low) * (step - left) / (right - left)
    return points[-1][1]


corners = st.lists(
    st.tuples(st.integers(0, 300), st.floats(0.01, 100)),
    min_size=1,
    max_size=5,
    unique_by=lambda point: point[0],
).map(lambda points: sorted(map(list, points)))


@given(weights=st.fixed_dictionaries(dict.fromkeys(SIZES, corners)), epoch=st.integers(0, 9))
def test_the_equation(weights: dict[str, list[list[float]]], epoch: int) -> None:
    schedule = build("time_dependent", weights=weights, steps_per_epoch=30)
    values = [[at(weights[task], epoch * 30 + step) for task in SIZES] for step in range(30)]
    expected = [[value / sum(row) for value in row] for row in values]
    np.testing.assert_allclose(schedule.probabilities(epoch, plan_of()), expected)


def test_constants_are_weighted() -> None:
    weights = {"ner": 1, "emd": 3.5, "coref": 2}
    constant = build("time_dependent", weights=weights)
    assert shares(constant, epoch=3) == pytest.approx(shares(build("weighted", weights=weights)))


def test_a_task_may_come_later() -> None:
    weights = {"ner": 1, "emd": 1, "coref": [[150, 0], [151, 1]]}
    schedule = build("time_dependent", weights=weights)
    assert "coref" not in schedule.draw(0, plan_of())
    second = schedule.draw(1, plan_of())
    assert "coref" not in second[:51] and "coref" in second[51:]


@pytest.mark.parametrize(
    "points",
    [
        [],
        [[0, 1, 2]],
        [[0]],
        [[0, 1], [0, 2]],
        [[5, 1], [3, 2]],
        [[-1, 1]],
        [[0, -1]],
        [[0, math.nan]],
        -1,
        math.inf,
    ],
)
def test_what_are_no_points(points: object) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^trainer\.schedule\.weights\.emd is .*; give a weight, or \[\["
    ):
        build("time_dependent", weights={"ner": 1, "emd": points, "coref": 1})


@pytest.mark.parametrize("points", [0, [[1000, 0], [1001, 1]]])
def test_a_task_that_no_step_of_the_run_would_train(points: object) -> None:
    schedule = build("time_dependent", weights={"ner": 1, "emd": points, "coref": 1})
    with pytest.raises(ConfigurationError, match=r"weights\.emd: is 0 at all 1000 steps of the run; give"):
        schedule.expected(0, plan_of())


def test_a_step_that_has_no_task() -> None:
    weights = dict.fromkeys(SIZES, [[249, 1], [250, 0], [251, 1]])
    schedule = build("time_dependent", weights=weights)
    schedule.expected(1, plan_of())
    with pytest.raises(ConfigurationError, match=r"^trainer\.schedule\.weights: all are 0 at step 250; give"):
        schedule.expected(2, plan_of())
