"""Tasks drawn in proportion to their data at first, and ever more alike."""

import pytest
from allennlp.common.checks import ConfigurationError
from plans import SIZES, build, plan_of, shares


def test_begins_proportional_and_ends_with_the_exponent_one_fifth() -> None:
    assert shares(build("annealed")) == pytest.approx(shares(build("proportional")))
    fifth = shares(build("smoothed", smoothing=0.2))
    assert shares(build("annealed"), epoch=9) == pytest.approx(fifth)


def test_the_equation() -> None:
    # e = 4 of E = 9 in the paper's count: α = 1 − 0.8 · 3/8
    powers = {task: size.instances**0.7 for task, size in SIZES.items()}
    expected = {task: power / sum(powers.values()) for task, power in powers.items()}
    plan = plan_of(num_epochs=9)
    assert shares(build("annealed", by="instances"), epoch=3, plan=plan) == pytest.approx(expected)


def test_the_largest_task_always_yields() -> None:
    largest = [shares(build("annealed"), epoch)["coref"] for epoch in range(10)]
    assert all(before > after for before, after in zip(largest, largest[1:], strict=False))


def test_a_decline_of_0_is_proportional_and_of_1_ends_uniform() -> None:
    assert shares(build("annealed", decline=0), epoch=9) == pytest.approx(shares(build("proportional")))
    assert shares(build("annealed", decline=1), epoch=9) == pytest.approx(shares(build("uniform")))


def test_one_epoch_is_proportional() -> None:
    assert shares(build("annealed"), plan=plan_of(num_epochs=1)) == pytest.approx(
        shares(build("proportional"))
    )


@pytest.mark.parametrize("decline", [-0.1, 1.1, float("nan")])
def test_what_cannot_be(decline: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.decline is {decline}; give "):
        build("annealed", decline=decline)
