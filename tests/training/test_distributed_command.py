"""`allennlp train` in several processes and on several hosts ends well, whatever happens to one of them."""

import copy
import itertools
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.common.util import find_open_port
from command_processes import Command
from small_run import config_of, newest, same
from test_resume import outcome
from torch import distributed

from hmtl.training import checkpoints, loop
from hmtl.training.stepper import Stepper

pytestmark = pytest.mark.processes

Config = dict[str, Any]
RECOVER = "--recover"


def config(corpus: Path, **distributed: Any) -> Config:
    settings = config_of(corpus, num_epochs=2, average_decay=0.9, checkpoints={"every_steps": 3})
    return settings | {"distributed": {"cuda_devices": [-1, -1]} | distributed, "evaluate_on_test": True}


def hosts(corpus: Path) -> Config:
    """Of two, a process each, which are both this machine."""
    return config(
        corpus,
        cuda_devices=[-1],
        num_nodes=2,
        primary_address="127.0.0.1",
        primary_port=find_open_port(),
    )


def on_host(number: int, config: Config, directory: Path, *arguments: str, **options: Any) -> Command:
    return Command(config, directory / f"host{number}", "--node-rank", str(number), *arguments, **options)


def at(what: str, number: int, act: Callable[[], None]) -> Callable[[], None]:
    """Has the second rank do something before its n-th step, or its n-th batch of validation."""

    def prepare() -> None:
        step, evaluate, calls = Stepper.step, loop.evaluate_task, itertools.count()

        def may_act(now: str) -> None:
            if now == what and distributed.get_rank() == 1 and next(calls) == number:
                act()

        def stepping(*arguments: Any) -> Any:
            may_act("step")
            return step(*arguments)

        def evaluating(*arguments: Any, poll: Callable[[], None]) -> Any:
            return evaluate(*arguments, poll=lambda: (may_act("validation"), poll()))

        Stepper.step, loop.evaluate_task = stepping, evaluating

    return prepare


def tell_command(number: int, mark: Path) -> Callable[[], None]:
    """Signals to the group of the command, as a terminal does, and waits until it is passed on."""

    def act() -> None:
        os.killpg(os.getppid(), number)
        while not mark.exists():
            time.sleep(0.01)

    return act


def mark_passing_on(mark: Path) -> None:
    kill = os.kill

    def marking(*arguments: Any) -> None:
        kill(*arguments)
        mark.touch()

    os.kill = marking


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def straight(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How a run of two processes that nothing stopped ends."""
    directory = tmp_path_factory.mktemp("straight") / "run"
    assert Command(config(small_corpus), directory).end() == (0, [])
    return outcome(directory)


@pytest.mark.parametrize(
    ("number", "status", "where"),
    [(signal.SIGINT, 130, ("step", 4)), (signal.SIGTERM, 143, ("validation", 1))],
)
def test_stopped_and_resumed(number, status, where, straight, small_corpus, tmp_path):
    directory, mark = tmp_path / "run", tmp_path / "passed_on"

    def prepare() -> None:
        mark_passing_on(mark)
        at(*where, tell_command(number, mark))()

    ended, (line,) = Command(config(small_corpus), directory, prepare=prepare).end()
    assert ended == status and line.startswith("allennlp: error: ")
    # with all that was done, although no checkpoint was due
    assert checkpoints.load(newest(directory))["step"] == (5 if where[0] == "step" else 4)
    assert Command(config(small_corpus), directory, RECOVER).end() == (0, [])
    assert same(outcome(directory), straight)


@pytest.mark.parametrize("where", [("step", 4), ("validation", 1)])
def test_killed_and_resumed(where, straight, small_corpus, tmp_path):
    directory = tmp_path / "run"
    status, (line,) = Command(config(small_corpus), directory, prepare=at(*where, die)).end()
    assert status == 1 and re.search("process 1 .* was ended by SIGKILL", line)
    # both ranks find what a file that was being written has left
    (directory / "checkpoints" / "epoch_00000_step_000000006.th.part").write_bytes(b"half a file")
    assert Command(config(small_corpus), directory, RECOVER).end() == (0, [])
    assert same(outcome(directory), straight)


def test_two_hosts(straight, small_corpus, tmp_path):
    """One is killed when both have saved, and it has lost its newest checkpoint when they go on."""
    settings = hosts(small_corpus)

    def both(*arguments: str, **options: Any) -> list[tuple[int | None, list[str]]]:
        commands = [on_host(number, settings, tmp_path, *arguments, **options) for number in range(2)]
        return [command.end() for command in commands]

    (first, (lost,)), (second, (killed,)) = both(prepare=at("step", 7, die))
    assert first == second == 1
    assert "process 0 of the distributed training lost another one" in lost and "ended by SIGKILL" in killed
    newest(tmp_path / "host1").unlink()
    assert both(RECOVER) == [(0, []), (0, [])]
    for number in range(2):
        assert same(outcome(tmp_path / f"host{number}"), straight)


def test_hosts_that_differ_are_told_so(small_corpus, tmp_path):
    settings = hosts(small_corpus)
    settings["trainer"]["grad_norm"] = 5
    other = copy.deepcopy(settings)
    other["trainer"]["grad_norm"] = 4
    commands = [on_host(0, settings, tmp_path), on_host(1, other, tmp_path)]
    for status, (line,) in [command.end() for command in commands]:
        assert status == 1
        assert re.search(r"config key trainer.grad_norm differs: 5 in process 0 .*, 4 in process 1", line)


def test_a_host_that_waits_for_another_can_be_stopped(small_corpus, tmp_path):
    command = on_host(0, hosts(small_corpus), tmp_path)
    command.wait_for(tmp_path / "host0" / "out_worker0.log", "looks for the others")
    # into the wait that begins there
    time.sleep(0.5)
    os.kill(command.process.pid, signal.SIGTERM)
    assert command.end() == (143, ["allennlp: error: terminated"])
