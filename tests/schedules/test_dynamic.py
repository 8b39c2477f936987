"""Tasks drawn by how far each is from what it reaches alone."""

import math

import pytest
from allennlp.common.checks import ConfigurationError
from plans import build, plan_of, shares

ALONE = {"ner": 0.8, "emd": 0.6, "coref": 0.4}


def weights(*scores: dict[str, float], epoch: int | None = None, **config: object) -> dict[str, float]:
    schedule = build("dynamic", **config)
    return schedule.weights(len(scores) if epoch is None else epoch, plan_of(scores=scores))


def test_the_equation_for_both_directions() -> None:
    # a loss of 0.5 where the task alone has 0.4
    found = weights({"ner": 0.2, "emd": 0.3, "coref": -0.5})
    assert found == pytest.approx({"ner": 1 - 0.2 / 0.8, "emd": 1 - 0.3 / 0.6, "coref": 1 - 0.4 / 0.5})


def test_the_latest_epoch_counts() -> None:
    worst, now = dict.fromkeys(ALONE, 0.0), {"ner": 0.4, "emd": 0.3, "coref": 0.2}
    assert weights(worst, now) == weights(now)
    assert weights(worst, now, epoch=1) == weights(worst)


def test_alike_before_the_first_validation() -> None:
    assert shares(build("dynamic"), epoch=2, plan=plan_of(scores=())) == shares(build("uniform"))


def test_a_task_as_good_as_alone_keeps_the_floor() -> None:
    found = weights({"ner": 0.9, "emd": 0.6, "coref": -0.1}, floor=0.01)
    assert found == dict.fromkeys(ALONE, 0.01)


def test_the_worst_there_is_counts_as_nothing_learnt() -> None:
    # a metric that is no number, of either direction, and none right
    assert weights({"ner": -math.inf, "emd": 0.0, "coref": -math.inf}) == dict.fromkeys(ALONE, 1)


def test_a_task_without_validation_is_told() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^trainer\.schedule: .* 'emd' has none; add validation_data_path"
    ):
        weights({"ner": 0.5, "coref": 0.5})


@pytest.mark.parametrize("score", [0, -0.4, math.nan, math.inf])
def test_what_is_no_score(score: float) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^trainer\.schedule\.single_task_scores\.emd is {score}; give a number"
    ):
        build("dynamic", single_task_scores={**ALONE, "emd": score})


@pytest.mark.parametrize("floor", [0, -1, 1.5, math.nan])
def test_what_is_no_floor(floor: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.floor is {floor}; give a number"):
        build("dynamic", floor=floor)
