"""What all schedules have in common."""

import random

import numpy as np
import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from scipy.stats import chisquare

from hmtl.data_loader import TaskSize
from hmtl.schedules import Schedule

Sizes = dict[str, TaskSize]
every_schedule = pytest.mark.parametrize("name", Schedule.list_available())


def build(name: str, **config: object) -> Schedule:
    return Schedule.from_params(Params({"type": name, **config}))


@every_schedule
def test_a_pure_function_of_seed_epoch_and_sizes(name: str, sizes: Sizes) -> None:
    first = build(name).draw(3, sizes, seed=1)
    random.seed(99)
    np.random.seed(99)
    other = build(name)
    other.draw(0, sizes, seed=5)
    assert other.draw(3, sizes, seed=1) == first


@every_schedule
def test_epochs_and_seeds_differ(name: str, sizes: Sizes) -> None:
    schedule = build(name)
    draws = [schedule.draw(epoch, sizes, seed) for epoch, seed in ((0, 1), (1, 1), (0, 2))]
    assert len({tuple(draw) for draw in draws}) == 3


@every_schedule
def test_steps(name: str, sizes: Sizes) -> None:
    assert len(build(name).draw(0, sizes, seed=1)) == build(name).steps(sizes) == 100
    assert len(build(name, steps_per_epoch=7).draw(0, sizes, seed=1)) == 7


@every_schedule
def test_draws_follow_the_weights_and_not_the_step_before(name: str, sizes: Sizes) -> None:
    schedule = build(name, steps_per_epoch=6000)
    drawn = schedule.draw(0, sizes, seed=13370)
    weights = schedule.weights(0, sizes)
    p = {task: weight / sum(weights.values()) for task, weight in weights.items()}
    counts = [drawn.count(task) for task in sizes]
    assert chisquare(counts, [6000 * p[task] for task in sizes]).pvalue > 0.01
    pairs = list(zip(drawn, drawn[1:], strict=False))
    observed = [pairs.count((a, b)) for a in sizes for b in sizes]
    expected = [len(pairs) * p[a] * p[b] for a in sizes for b in sizes]
    assert chisquare(observed, expected).pvalue > 0.01


@every_schedule
def test_one_task_is_always_drawn(name: str) -> None:
    assert build(name).draw(0, {"ner": TaskSize(4, 9)}, seed=1) == ["ner"] * 4


@every_schedule
def test_no_steps(name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^trainer\.schedule\.steps_per_epoch is 0; give at least 1"
    ):
        build(name, steps_per_epoch=0)


def test_default_is_proportional(sizes: Sizes) -> None:
    assert Schedule.from_params(Params({})).weights(0, sizes) == build("proportional").weights(0, sizes)
