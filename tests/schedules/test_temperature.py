"""Tasks drawn in proportion to a root of their data."""

import math

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, shares

UNIFORM, PROPORTIONAL = shares(build("uniform")), shares(build("proportional"))


def test_at_1_proportional() -> None:
    assert shares(build("temperature", temperature=1, limit=None)) == pytest.approx(PROPORTIONAL)


@pytest.mark.parametrize("temperature", [1e9, math.inf])
def test_without_end_uniform(temperature: float) -> None:
    assert shares(build("temperature", temperature=temperature)) == pytest.approx(UNIFORM)


def test_a_limit_below_all_data_is_uniform_and_above_all_none() -> None:
    assert shares(build("temperature", limit=5)) == pytest.approx(UNIFORM)
    assert shares(build("temperature", limit=75)) == shares(build("temperature", limit=None))


@given(
    temperature=st.floats(0.05, 50), limit=st.integers(1, 700), by=st.sampled_from(["batches", "instances"])
)
def test_the_equation(temperature: float, limit: int, by: str) -> None:
    roots = {task: min(getattr(size, by), limit) ** (1 / temperature) for task, size in SIZES.items()}
    expected = {task: root / sum(roots.values()) for task, root in roots.items()}
    assert shares(build("temperature", temperature=temperature, limit=limit, by=by)) == pytest.approx(
        expected
    )


def test_near_0_no_number_is_too_large() -> None:
    assert shares(build("temperature", temperature=1e-6, limit=None))["coref"] == 1


@pytest.mark.parametrize(
    ("key", "value"), [("temperature", 0), ("temperature", -1), ("temperature", math.nan), ("limit", 0)]
)
def test_what_cannot_be(key: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.{key} is {value}; give "):
        build("temperature", **{key: value})
