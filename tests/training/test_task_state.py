import math

import pytest
from allennlp.common.checks import ConfigurationError
from test_learner import learner

from hmtl.training.task_state import TaskState


def state(metric: str = "+f1", patience: int | None = 2, mode: str | None = None) -> TaskState:
    schedule = mode and {"type": "reduce_on_plateau", "mode": mode}
    return TaskState("ner", learner(schedule)[0], metric, patience)


def test_higher_is_better_with_plus_and_lower_with_minus():
    up, down = state("+f1"), state("-loss")
    assert [up.record({"ner/f1": value}) for value in (0.2, 0.5, 0.4, 0.5)] == [True, True, False, False]
    assert [down.record({"ner/loss": value}) for value in (0.5, 0.2, 0.4)] == [True, True, False]
    assert (up.best, up.tracker.best_epoch) == (0.5, 1)
    assert (down.best, down.tracker.best_epoch) == (0.2, 1)


def test_nothing_is_best_before_the_first_epoch():
    assert state().best is None


def test_no_number_is_worse_than_any():
    task = state("-loss")
    values = (math.nan, 5.0, math.nan, 4.0)
    assert [task.record({"ner/loss": value}) for value in values] == [True, True, False, True]
    assert task.best == 4.0


def test_votes_when_its_patience_is_over():
    task = state(patience=2)
    votes = []
    for value in (0.5, 0.4, 0.5, 0.6):
        task.record({"ner/f1": value})
        votes.append(task.has_voted)
    assert votes == [False, False, True, False]


def test_never_votes_without_patience():
    task = state(patience=None)
    for _ in range(50):
        task.record({"ner/f1": 0.0})
    assert not task.has_voted


@pytest.mark.parametrize("batches", [1, 3])
def test_advances_through_passes(batches):
    task = state()
    places = []
    for _ in range(2 * batches + 1):
        places.append((task.pass_number, task.batch))
        task.advance(batches)
    assert places == [divmod(step, batches) for step in range(2 * batches + 1)]
    assert task.steps == 2 * batches + 1


def test_state_round_trip():
    task, other = state(), state()
    task.record({"ner/f1": 0.5})
    task.record({"ner/f1": 0.4})
    task.advance(3)
    other.load_state_dict(task.state_dict())
    assert other.state_dict() == task.state_dict()
    other.record({"ner/f1": 0.3})
    assert other.has_voted and not task.has_voted


@pytest.mark.parametrize(("metric", "mode"), [("+f1", "min"), ("-loss", "max")])
def test_a_plateau_in_the_wrong_direction_is_refused(metric, mode):
    with pytest.raises(ConfigurationError) as error:
        state(metric, mode=mode)
    assert f"mode '{mode}'" in str(error.value) and "\n" not in str(error.value)
    state(metric, mode="max" if mode == "min" else "min")


def test_a_metric_needs_its_direction():
    with pytest.raises(
        ConfigurationError, match="trainer.tasks.ner.validation_metric is 'f1'; begin it with"
    ):
        state("f1")
