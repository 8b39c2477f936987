"""A run that is killed at any moment and resumed equals one never stopped."""

import copy
import itertools
import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from small_run import build, config_of, newest, same

from hmtl.training import checkpoints, evaluation
from hmtl.training.interrupts import SIGNALS
from hmtl.training.stepper import Stepper

KILLS = 20


def config(corpus: Path) -> dict[str, Any]:
    """All that has a state: own and averaged moments, dropout, a prior, a schedule that looks at scores."""
    return config_of(
        corpus,
        "ner emd relation coref",
        num_epochs=6,
        optimizer={"type": "adam", "lr": 0.01},
        average_decay=0.99,
        prior={"type": "successive"},
        interference_interval=2,
        checkpoints={"every_steps": 3},
    )


def outcome(directory: Path) -> dict[str, Any]:
    """Weights, optimisers, metrics and positions at the end."""
    weights = {path.name: checkpoints.load(path) for path in directory.glob("best*.th")}
    figures = {path.name: json.loads(path.read_text()) for path in directory.glob("metrics*.json")}
    return {"checkpoint": checkpoints.load(newest(directory)), **weights, **figures}


def kill_at(moment: int) -> None:
    """Kills this process without warning at the n-th of the moments that matter: before and after a step, in
    the middle of a file, before it takes the old one's place and after, in a validation."""
    moments = itertools.count()

    def may_die() -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(function: Callable, before: Callable[..., None] = lambda *_: None) -> Callable:
        def run(*arguments: Any, **options: Any) -> Any:
            before(*arguments)
            may_die()
            result = function(*arguments, **options)
            may_die()
            return result

        return run

    def half_written(state: Any, path: Path) -> None:
        path.with_name(path.name + ".part").write_bytes(b"half a file")

    Stepper.step = dying(Stepper.step)
    evaluation.MultiTaskLoader.tensors = dying(evaluation.MultiTaskLoader.tensors)
    checkpoints.save = dying(checkpoints.save, half_written)
    os.replace = dying(os.replace)


def kill_after(seconds: float) -> None:
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def train(config: dict[str, Any], directory: Path, recover: bool, prepare: Callable[[], None]) -> int | None:
    """Trains in a process of its own. Returns how it ended: 0, or minus the signal."""

    def run() -> None:
        prepare()
        train_model(Params(json.loads(json.dumps(config))), directory, recover=recover)

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join()
    return child.exitcode


@pytest.fixture(scope="module")
def straight(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A run that was never stopped, and the seconds it took."""
    directory = tmp_path_factory.mktemp("runs") / "straight"
    begun = time.perf_counter()
    train_model(Params(config(small_corpus)), directory)
    return directory, time.perf_counter() - begun


def test_killed_at_twenty_random_moments(straight, small_corpus, tmp_path):
    rng, directory, ends = random.Random(5), tmp_path / "killed", []
    for number in range(KILLS):
        moment = rng.randrange(2, 50)
        ends.append(train(config(small_corpus), directory, number > 0, lambda at=moment: kill_at(at)))
    assert ends == [-signal.SIGKILL] * KILLS
    assert train(config(small_corpus), directory, True, lambda: None) == 0
    assert same(outcome(directory), outcome(straight[0]))
    assert not list(directory.rglob("*.part"))


def test_killed_by_the_clock(straight, small_corpus, tmp_path):
    """Where no one has thought of."""
    rng, directory = random.Random(6), tmp_path / "killed"
    for number in range(3):
        seconds = rng.uniform(0.3, 0.9) * straight[1]
        train(config(small_corpus), directory, number > 0, lambda after=seconds: kill_after(after))
    assert train(config(small_corpus), directory, True, lambda: None) == 0
    assert same(outcome(directory), outcome(straight[0]))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("where", ["step", "validation"])
def test_a_signal_saves_before_it_stops(number, where, straight, small_corpus, tmp_path):
    """Nothing that was done is done again: the checkpoint has every step, although none was due."""
    settings = config(small_corpus)
    settings["trainer"]["checkpoints"] = {"every_minutes": None}
    loop = build(settings, tmp_path)
    owner, name = (
        (loop.trainer.stepper, "step") if where == "step" else (loop.trainer.validation_loader, "tensors")
    )
    function, calls = getattr(owner, name), itertools.count()

    def signalled(*arguments):
        if next(calls) == 5:
            os.kill(os.getpid(), number)
        return function(*arguments)

    setattr(owner, name, signalled)
    with pytest.raises(SIGNALS[number]):
        loop.run()
    assert checkpoints.load(newest(tmp_path))["step"] == loop.trainer.progress.step
    assert loop.trainer.progress.done > 0
    build(settings, tmp_path).run()
    ends = outcome(straight[0])
    assert same(outcome(tmp_path), {name: state for name, state in ends.items() if name != "metrics.json"})


def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(straight, small_corpus, tmp_path, caplog):
    loop = build(config(small_corpus), tmp_path)
    step = loop.trainer.stepper.step

    def stopping(*arguments):
        if loop.trainer.progress.step == 20:
            raise RuntimeError("power cut")
        return step(*arguments)

    loop.trainer.stepper.step = stopping
    with pytest.raises(RuntimeError, match="power cut"):
        loop.run()
    damaged = newest(tmp_path)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    resumed = build(config(small_corpus), tmp_path)
    resumed.run()
    (said,) = [message for message in caplog.messages if "going back to the checkpoint before" in message]
    assert str(damaged) in said and damaged.with_name(damaged.name + ".damaged").exists()
    ends = outcome(straight[0])
    assert same(outcome(tmp_path), {name: state for name, state in ends.items() if name != "metrics.json"})


def test_more_epochs_on_recovery_are_as_if_asked_for_from_the_first(straight, small_corpus, tmp_path):
    settings = config(small_corpus)
    settings["trainer"] |= {"num_epochs": 2, "patience": 3}
    train_model(Params(copy.deepcopy(settings)), tmp_path / "run")
    train_model(Params(config(small_corpus)), tmp_path / "run", recover=True)
    assert same(outcome(tmp_path / "run"), outcome(straight[0]))
