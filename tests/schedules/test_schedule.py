"""What all schedules have in common."""

import random
from dataclasses import replace

import numpy as np
import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import CONFIGS, SCORES, SIZES, build, every_schedule, plan_of, random_schedule
from scipy.stats import chisquare

from hmtl.data_loader import TaskSize
from hmtl.schedules import Plan, Schedule

epochs = st.integers(0, 9)


def test_every_kind_is_tested() -> None:
    assert set(CONFIGS) == set(Schedule.list_available())


@every_schedule
def test_a_pure_function_of_the_plan_and_the_epoch(name: str) -> None:
    first = build(name).draw(3, plan_of())
    random.seed(99)
    np.random.seed(99)
    other = build(name)
    other.draw(0, plan_of(seed=5, scores=()))
    assert other.draw(3, plan_of()) == first


@every_schedule
def test_what_comes_later_does_not_change_an_epoch(name: str) -> None:
    """A resumed run, which knows more scores, draws what the first one drew."""
    schedule = build(name)
    for epoch in range(len(SCORES)):
        assert schedule.draw(epoch, plan_of()) == schedule.draw(epoch, plan_of(scores=SCORES[:epoch]))


@random_schedule
def test_epochs_and_seeds_differ(name: str) -> None:
    schedule = build(name)
    draws = [schedule.draw(epoch, plan_of(seed=seed, scores=())) for epoch, seed in ((0, 1), (1, 1), (0, 2))]
    assert len({tuple(draw) for draw in draws}) == 3


@every_schedule
def test_steps(name: str) -> None:
    plan = plan_of()
    assert len(build(name).draw(0, plan)) == build(name).steps(plan) == 100
    assert len(build(name, steps_per_epoch=7).draw(0, plan)) == 7


@every_schedule
@given(epoch=epochs, sizes=st.lists(st.integers(1, 400), min_size=3, max_size=3))
def test_probabilities_are_a_distribution_and_every_task_can_be_drawn(
    name: str, epoch: int, sizes: list[int]
) -> None:
    data = {task: TaskSize(size, 2 * size) for task, size in zip(SIZES, sizes, strict=True)}
    schedule, plan = build(name), plan_of(data)
    p = schedule.probabilities(epoch, plan)
    assert p.shape == (sum(sizes), 3) and (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    expected = schedule.expected(epoch, plan)
    assert list(expected) == list(SIZES) and min(expected.values()) > 0
    assert sum(expected.values()) == pytest.approx(sum(sizes))


@every_schedule
def test_only_what_has_a_probability_is_drawn(name: str) -> None:
    schedule, plan = build(name), plan_of()
    for epoch in range(10):
        p = schedule.probabilities(epoch, plan)
        numbers = [list(SIZES).index(task) for task in schedule.draw(epoch, plan)]
        assert (p[np.arange(len(p)), numbers] > 0).all()


@random_schedule
def test_draws_follow_the_probabilities_and_not_the_step_before(name: str) -> None:
    schedule = build(name, steps_per_epoch=6000)
    plan = plan_of(seed=13370)
    for epoch in (0, 4):
        drawn = schedule.draw(epoch, plan)
        expected = schedule.expected(epoch, plan)
        assert chisquare([drawn.count(task) for task in SIZES], list(expected.values())).pvalue > 0.01
        p = schedule.probabilities(epoch, plan)
        # (tasks, tasks): pairs of neighbours
        pairs = list(zip(drawn, drawn[1:], strict=False))
        observed = [pairs.count((a, b)) for a in SIZES for b in SIZES]
        assert chisquare(observed, (p[:-1].T @ p[1:]).ravel()).pvalue > 0.01


@every_schedule
def test_one_task_is_always_drawn(name: str) -> None:
    config = {
        key: {task: item for task, item in value.items() if task == "ner"}
        for key, value in CONFIGS[name].items()
        if isinstance(value, dict)
    }
    plan = plan_of({"ner": TaskSize(4, 9)}, scores=({"ner": 0.5},) * 4)
    for epoch in range(5):
        assert build(name, **config).draw(epoch, plan) == ["ner"] * 4


@every_schedule
@pytest.mark.parametrize("steps", [0, -3])
def test_no_steps(name: str, steps: int) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^trainer\.schedule\.steps_per_epoch is {steps}; give at least 1"
    ):
        build(name, steps_per_epoch=steps)


@pytest.mark.parametrize("name", [name for name, config in CONFIGS.items() if any(
    isinstance(value, dict) for value in config.values()
)])  # fmt: skip
def test_settings_by_task_name_the_tasks_there_are(name: str) -> None:
    (key,) = (key for key, value in CONFIGS[name].items() if isinstance(value, dict))
    schedule, plan = build(name), plan_of()
    more = replace(plan, sizes=plan.sizes | {"relation": TaskSize(1, 1)})
    less = replace(plan, sizes={task: size for task, size in SIZES.items() if task != "emd"})
    with pytest.raises(
        ConfigurationError, match=rf"^trainer\.schedule\.{key}: does not name task 'relation'"
    ):
        schedule.draw(0, more)
    message = rf"^trainer\.schedule\.{key}\.emd: there is no such task; the tasks are ner, coref$"
    with pytest.raises(ConfigurationError, match=message):
        schedule.expected(0, less)


@every_schedule
def test_only_those_that_look_at_scores_change_with_them(name: str) -> None:
    schedule = build(name)
    with_scores, without = (schedule.probabilities(4, plan_of(scores=scores)) for scores in (SCORES, ()))
    assert np.array_equal(with_scores, without) == (schedule.without_scores is None)


def test_default_is_proportional() -> None:
    plan: Plan = plan_of()
    assert Schedule.from_params(Params({})).draw(0, plan) == build("proportional").draw(0, plan)
