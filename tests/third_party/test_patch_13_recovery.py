"""`--recover` goes on with a config that may differ in what the trainer's class names, and in no more."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.safe_load import safe_load
from allennlp.training import Trainer
from allennlp.training.learning_rate_schedulers import LinearWithWarmup, SlantedTriangular
from allennlp.training.recovery import check_recovery, is_changeable

Config = dict[str, Any]
CHANGEABLE = ("trainer.num_epochs", "trainer.tasks.*.patience", "trainer.checkpoints*", "evaluate_on_test")


@Trainer.register("made_up_for_recovery")
class MadeUp(Trainer):
    changeable_on_recovery = CHANGEABLE


def config_of(**trainer: Any) -> Config:
    return {"trainer": {"type": "made_up_for_recovery", **trainer}, "model": {"dim": 5}}


def check(old: Config, new: Config, folder: Path) -> Params:
    path = folder / "config.json"
    path.write_text(json.dumps(old))
    return check_recovery(Params(copy.deepcopy(new)), path)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("trainer.num_epochs", True),
        ("trainer.num_epochs.x", False),
        ("xtrainer.num_epochs", False),
        ("trainer-num_epochs", False),
        ("trainer.tasks.ner.patience", True),
        ("trainer.tasks.ner-fine.patience", True),
        ("trainer.tasks.ner.learning_rate_scheduler.patience", False),
        ("trainer.tasks.patience", False),
        ("trainer.checkpoints", True),
        ("trainer.checkpoints.keep", True),
        ("trainer.checkpoints.0.keep", True),
        ("evaluate_on_test", True),
        ("model.evaluate_on_test", False),
    ],
)
def test_patterns(key: str, expected: bool) -> None:
    assert is_changeable(key, CHANGEABLE) is expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (config_of(num_epochs=2), config_of(num_epochs=3)),
        (config_of(), config_of(num_epochs=3)),
        (config_of(num_epochs=3), config_of()),
        (config_of(num_epochs=3), config_of(num_epochs=None)),
        (config_of(tasks={}), config_of(tasks={"ner": {"patience": 3}})),
        (config_of(tasks={"ner": {"patience": 3}}), config_of(tasks={})),
        (config_of(checkpoints={"keep": 1}), config_of(checkpoints={})),
        (config_of(checkpoints=[]), config_of(checkpoints=[1, 2])),
        (config_of(lr=(1, 2)), config_of(lr=[1.0, 2])),
        (config_of(), config_of() | {"evaluate_on_test": True}),
    ],
)
def test_what_may_change(old: Config, new: Config, tmp_path: Path) -> None:
    assert check(old, new, tmp_path).as_dict(quiet=True) == new


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (config_of(lr=1), config_of(lr=0.5), "(trainer.lr: 1 before, 0.5 now)"),
        (config_of(seed=None), config_of(), "(trainer.seed: null before, nothing now)"),
        (config_of(), config_of(seed=None), "(trainer.seed: nothing before, null now)"),
        (config_of(order=["a", "b"]), config_of(order=["a", "c"]), '(trainer.order.1: "b" before, "c" now)'),
        (config_of(order=["a"]), config_of(order=[]), '(trainer.order.0: "a" before, nothing now)'),
        (config_of(x={}), config_of(), "(trainer.x: {} before, nothing now)"),
        (
            config_of(tasks={"a": {"patience": 1, "lr": {"patience": 2}}}),
            config_of(tasks={"a": {"patience": 2, "lr": {"patience": 3}}}),
            "(trainer.tasks.a.lr.patience: 2 before, 3 now)",
        ),
        (
            config_of(lr=1),
            config_of(lr=2, num_epochs=9) | {"model": {"dim": 6}},
            "(model.dim: 5 before, 6 now; trainer.lr: 1 before, 2 now)",
        ),
        (
            config_of(),
            config_of() | {"distributed": {"cuda_devices": [0, 1]}},
            "(distributed.cuda_devices.0: nothing before, 0 now; "
            "distributed.cuda_devices.1: nothing before, 1 now)",
        ),
    ],
)
def test_what_may_not_is_told_whole_in_one_line(old: Config, new: Config, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        check(old, new, tmp_path)
    line = str(error.value)
    assert told in line and "\n" not in line and "config.json" in line
    assert "--force" in line and "--serialization-dir" in line


def test_a_trainer_that_names_nothing_lets_nothing_change(tmp_path: Path) -> None:
    @Trainer.register("made_up_and_strict")
    class Strict(Trainer): ...

    assert Strict.changeable_on_recovery == ()
    with pytest.raises(ConfigurationError, match=r"trainer\.num_epochs: 1 before, 2 now"):
        check(
            config_of(num_epochs=1, type="made_up_and_strict"),
            config_of(num_epochs=2, type="made_up_and_strict"),
            tmp_path,
        )


def test_upstreams_trainer_goes_on_for_longer_as_if_never_stopped(tagger: Config, tmp_path: Path) -> None:
    """Two epochs and two more end as four at once."""
    longer = copy.deepcopy(tagger)
    longer["trainer"] |= {"num_epochs": 4, "patience": 3}
    train_model(Params(copy.deepcopy(longer)), tmp_path / "straight")
    train_model(Params(copy.deepcopy(tagger)), tmp_path / "resumed")
    train_model(Params(copy.deepcopy(longer)), tmp_path / "resumed", recover=True)
    straight, resumed = (safe_load(tmp_path / name / "best.th") for name in ("straight", "resumed"))
    assert straight.keys() == resumed.keys()
    assert all(torch.equal(straight[key], resumed[key]) for key in straight)
    metrics = json.loads((tmp_path / "resumed" / "metrics.json").read_text())
    assert metrics["epoch"] == 3
    assert json.loads((tmp_path / "resumed" / "config.json").read_text())["trainer"]["num_epochs"] == 4


def test_upstreams_trainer_refuses_another_model(tagger: Config, tmp_path: Path) -> None:
    train_model(Params(copy.deepcopy(tagger)), tmp_path / "run")
    tagger["model"]["encoder"]["hidden_size"] = 8
    with pytest.raises(ConfigurationError, match=r"model\.encoder\.hidden_size: 7 before, 8 now"):
        train_model(Params(tagger), tmp_path / "run", recover=True)
    assert json.loads((tmp_path / "run" / "config.json").read_text())["model"]["encoder"]["hidden_size"] == 7


@pytest.mark.parametrize("schedule", [LinearWithWarmup, SlantedTriangular])
def test_a_schedule_that_ends_with_the_run_ends_with_the_longer_one(schedule: type) -> None:
    def started(num_epochs: int) -> tuple[torch.optim.SGD, Any]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        return optimizer, schedule(optimizer, num_epochs=num_epochs, num_steps_per_epoch=10)

    def train(scheduler: Any, steps: range) -> None:
        for step in steps:
            scheduler.step_batch(step + 1)
            if (step + 1) % 10 == 0:
                scheduler.step()

    _, short = started(2)
    train(short, range(20))
    straight_optimizer, straight = started(4)
    train(straight, range(25))
    optimizer, resumed = started(4)
    resumed.load_state_dict(short.state_dict())
    train(resumed, range(20, 25))
    assert optimizer.param_groups[0]["lr"] == straight_optimizer.param_groups[0]["lr"] > 0


def test_a_full_directory_names_both_ways_on(tagger: Config, tmp_path: Path) -> None:
    (tmp_path / "stray").touch()
    with pytest.raises(ConfigurationError, match="already exists and is not empty.*--recover.*--force"):
        train_model(Params(tagger), tmp_path)
