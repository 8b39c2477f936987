"""Tasks that have converged pause until they fall back."""

import math

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, plan_of

NAMES = list(SIZES)


def stopped(*scores: float, **config: object) -> list[bool]:
    """Whether `ner` is stopped in each epoch, with these scores after them."""
    schedule = build("stop_and_go", **config)
    plan = plan_of(scores=[{"ner": score} for score in scores])
    return [schedule.is_stopped("ner", epoch, plan) for epoch in range(len(scores) + 1)]


def simulated(scores: list[float], gain: float, window: int, fall: float) -> list[bool]:
    """The same epoch by epoch, as a trainer with a state would do it."""
    going, states, best_after, epochs_gone = True, [False], [], 0
    for epoch, score in enumerate(scores):
        best_after.append(max([*best_after[-1:], score]))
        epochs_gone += 1
        if going:
            changes = epochs_gone >= window and epoch >= window
            if changes:
                before = best_after[epoch - window]
                changes = max(scores[epoch - window + 1 : epoch + 1]) - before < gain * abs(before)
        else:
            changes = best_after[epoch] - score > fall * abs(best_after[epoch])
        if changes:
            going, epochs_gone = not going, 0
        states.append(not going)
    return states


def test_stops_without_a_gain_over_two_epochs_and_goes_again_after_a_fall() -> None:
    assert stopped(0.5, 0.6, 0.6, 0.6005, 0.6, 0.5974, 0.58, 0.7, 0.7, 0.7) == [
        *[False] * 4,  # epochs 0 to 3: the third score is the first that could show no gain
        True,  # 0.6005 is less than 0.1 % above 0.6
        True,  # 0.6 is within 0.5 % of 0.6005
        False,  # 0.5974 is not
        False,  # two more epochs must go by
        False,  # 0.7 is a gain
        False,
        True,
    ]


def test_negated_scores_are_judged_alike() -> None:
    assert stopped(-1, -0.5, -0.5, -0.4999, -0.502, -0.503) == [False] * 4 + [True, True, False]


def test_a_score_that_is_no_number_is_a_fall() -> None:
    assert stopped(0.5, 0.5, 0.5, -math.inf) == [False, False, False, True, False]


@given(
    scores=st.lists(st.sampled_from([-1, 0, 0.5, 0.5001, 0.501, 0.502, 0.51, 1]), max_size=14),
    gain=st.sampled_from([0, 0.001, 0.1]),
    window=st.integers(1, 3),
    fall=st.sampled_from([0, 0.005, 0.2]),
)
def test_replay_equals_a_simulation_with_a_state(
    scores: list[float], gain: float, window: int, fall: float
) -> None:
    settings = {"gain": gain, "window": window, "fall": fall}
    assert stopped(*scores, **settings) == simulated(scores, **settings)


@given(
    which=st.sets(st.sampled_from(NAMES)),
    gap=st.integers(1, 5),
    steps=st.integers(3, 60),
    epoch=st.integers(4, 9),
)
def test_rounds(which: set[str], gap: int, steps: int, epoch: int) -> None:
    """Round by round: who goes has a step in each, who is stopped in every `gap`-th."""
    flat, rising = [0.5] * 9, [2.0**n for n in range(9)]
    scores = [{task: (flat if task in which else rising)[n] for task in NAMES} for n in range(epoch)]
    schedule = build("stop_and_go", gap=gap, steps_per_epoch=steps)
    plan = plan_of(scores=scores)
    assert {task for task in NAMES if schedule.is_stopped(task, epoch, plan)} == which
    turn = [NAMES[(epoch * steps + n) % 3] for n in range(3)]
    expected, number = [], 0
    while len(expected) < steps:
        expected += [task for task in turn if task not in which or number % gap == 0]
        number += 1
    assert schedule.draw(epoch, plan) == expected[:steps]


@pytest.mark.parametrize("steps", [1, 2])
def test_epochs_shorter_than_a_round_come_to_every_task(steps: int) -> None:
    schedule = build("stop_and_go", steps_per_epoch=steps)
    plan = plan_of(scores=[dict.fromkeys(NAMES, 0.5)] * 9)
    assert {task for epoch in range(3, 9) for task in schedule.draw(epoch, plan)} == set(NAMES)


def test_a_task_without_validation_goes() -> None:
    schedule, plan = build("stop_and_go"), plan_of(scores=[{"ner": 0.5}] * 5)
    assert schedule.is_stopped("ner", 5, plan) and not schedule.is_stopped("emd", 5, plan)


@pytest.mark.parametrize(
    ("key", "value"),
    [("gain", -0.1), ("gain", math.nan), ("fall", 1.0), ("window", 0), ("gap", 0)],
)
def test_what_cannot_be(key: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.{key} is {value}; give "):
        build("stop_and_go", **{key: value})
