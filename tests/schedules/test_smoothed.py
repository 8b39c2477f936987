"""Tasks drawn in proportion to a power of their data."""

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, shares


def test_1_is_proportional_and_0_uniform() -> None:
    assert shares(build("smoothed", smoothing=1)) == pytest.approx(shares(build("proportional")))
    assert shares(build("smoothed", smoothing=0)) == pytest.approx(shares(build("uniform")))


@given(smoothing=st.floats(0, 1), by=st.sampled_from(["batches", "instances"]))
def test_the_equation(smoothing: float, by: str) -> None:
    counts = {task: getattr(size, by) for task, size in SIZES.items()}
    powers = {task: (count / sum(counts.values())) ** smoothing for task, count in counts.items()}
    expected = {task: power / sum(powers.values()) for task, power in powers.items()}
    assert shares(build("smoothed", smoothing=smoothing, by=by)) == pytest.approx(expected)


@given(smoothing=st.floats(0.02, 1))
def test_the_same_as_a_temperature_of_its_reciprocal(smoothing: float) -> None:
    other = build("temperature", temperature=1 / smoothing, limit=None)
    assert shares(build("smoothed", smoothing=smoothing)) == pytest.approx(shares(other))


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, float("nan")])
def test_what_cannot_be(smoothing: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.smoothing is {smoothing}; give "):
        build("smoothed", smoothing=smoothing)
