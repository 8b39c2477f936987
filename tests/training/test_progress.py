from pathlib import Path

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from small_run import newest, same
from test_learner import learner

from hmtl.training import checkpoints
from hmtl.training.progress import Progress
from hmtl.training.task_state import TaskState


def store(directory: Path) -> checkpoints.Checkpoints:
    return checkpoints.Checkpoints(directory, checkpoints.CheckpointOptions())


def progress(directory: Path, patience: int | None = 1, validated: tuple[str, ...] = ("a", "b")) -> Progress:
    torch.manual_seed(3)
    model = torch.nn.Linear(2, 1)
    states = {task: TaskState(task, learner()[0], "+f1", patience) for task in ("a", "b")}
    judges = [states[task].judged_by for task in validated]
    return Progress(directory, store(directory), model, states, judges)


def end(run: Progress, validation: dict[str, float]) -> None:
    run.judge(validation)
    run.end_epoch(validation)


def epoch(run: Progress, a: float, b: float) -> torch.Tensor:
    """Moves the weights and ends an epoch; returns the weights at its end."""
    with torch.no_grad():
        run.model.weight += 1
    end(run, {"a/f1": a, "b/f1": b})
    return run.model.weight.detach().clone()


def weights(directory: Path, name: str) -> torch.Tensor:
    return checkpoints.load(directory / name)["weight"]


def test_each_task_keeps_its_best_weights_and_all_together_theirs(tmp_path):
    run = progress(tmp_path, patience=None)
    scores = [(0.1, 0.5), (0.5, 0.4), (0.6, 0.0), (0.2, 0.1)]
    ends = [epoch(run, *pair) for pair in scores]
    assert torch.equal(weights(tmp_path, "best_a.th"), ends[2])
    assert torch.equal(weights(tmp_path, "best_b.th"), ends[0])
    assert torch.equal(weights(tmp_path, "best.th"), ends[1])
    figures = run.finish()
    assert torch.equal(run.model.weight, ends[1])
    assert (figures["best_epoch"], figures["a/best_epoch"], figures["b/best_epoch"]) == (1, 2, 0)
    assert (figures["a/best_f1"], figures["b/best_f1"], figures["epochs"]) == (0.6, 0.5, 4)


def test_stops_only_when_all_have_voted(tmp_path):
    run = progress(tmp_path)
    votes = []
    for pair in ((0.5, 0.1), (0.4, 0.2), (0.4, 0.3), (0.4, 0.3)):
        epoch(run, *pair)
        votes.append(run.all_voted)
    assert votes == [False, False, False, True]


def test_a_vote_is_withdrawn_when_a_task_improves_again(tmp_path):
    run = progress(tmp_path)
    votes = []
    for pair in ((0.5, 0.1), (0.4, 0.2), (0.6, 0.1), (0.6, 0.1)):
        epoch(run, *pair)
        votes.append(run.all_voted)
    assert votes == [False, False, False, True]


def test_who_is_not_validated_has_no_vote_and_no_best_epoch(tmp_path):
    run = progress(tmp_path, validated=("b",))
    for value in (0.5, 0.4):
        assert not run.all_voted
        end(run, {"b/f1": value})
    assert run.all_voted
    assert not (tmp_path / "best_a.th").exists()
    assert "a/best_epoch" not in run.finish()


def test_without_validation_nobody_votes_and_the_latest_is_best(tmp_path):
    run = progress(tmp_path, validated=())
    for number in range(3):
        run.model.weight.data.fill_(number)
        end(run, {})
        assert not run.all_voted
    assert weights(tmp_path, "best.th").unique().tolist() == [2.0]


def test_a_shared_plateau_follows_the_mean_of_the_tasks_metrics(tmp_path):
    shared, parameters = learner({"type": "reduce_on_plateau", "mode": "max", "factor": 0.5, "patience": 0})
    states = {task: TaskState(task, shared, "+f1", None) for task in ("a", "b")}
    judges = [state.judged_by for state in states.values()]
    run = Progress(tmp_path, store(tmp_path), parameters, states, judges)
    rates = []
    # the means are 0.3, 0.4 and 0.35: one task's loss is made up for by the other once
    for a, b in ((0.3, 0.3), (0.1, 0.7), (0.3, 0.4)):
        end(run, {"a/f1": a, "b/f1": b})
        rates.append(shared.learning_rate)
    assert rates == [0.1, 0.1, 0.05]


def test_restores_all_that_it_saved(tmp_path):
    run = progress(tmp_path)
    epoch(run, 0.5, 0.1)
    run.step = 9
    epoch(run, 0.4, 0.2)
    other = progress(tmp_path)
    other.restore()
    assert same(other._state_dict(), run._state_dict())
    assert (other.epoch, other.step) == (2, 9)


def test_nothing_to_restore(tmp_path):
    run = progress(tmp_path)
    run.restore()
    assert (run.epoch, run.step) == (0, 0)


@pytest.mark.parametrize("content", [{}, [1, 2], {"epoch": 1}, "other model"])
def test_a_checkpoint_of_something_else_gives_one_line(content, tmp_path):
    run = progress(tmp_path)
    epoch(run, 0.5, 0.5)
    if content == "other model":
        content = checkpoints.load(newest(tmp_path)) | {"model": torch.nn.Linear(3, 1).state_dict()}
    checkpoints.save(content, newest(tmp_path))
    with pytest.raises(ConfigurationError) as error:
        progress(tmp_path).restore()
    assert str(error.value).startswith(f"{newest(tmp_path)}: does not fit this config (")
    assert "\n" not in str(error.value)


def test_the_checkpoint_is_written_last(tmp_path, monkeypatch):
    """So that an interrupt at any moment repeats an epoch at worst, and never loses one's best weights."""
    written = []
    monkeypatch.setattr(checkpoints, "save", lambda state, path: written.append(path.name))
    epoch(progress(tmp_path), 0.5, 0.5)
    assert sorted(written[:-1]) == ["best.th", "best_a.th", "best_b.th"]
    assert written[-1] == "epoch_00001_step_000000000.th"
