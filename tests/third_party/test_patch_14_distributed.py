"""Two processes that train together end as one does: all metrics, one line for an error, none on Ctrl-C."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params, workers
from allennlp.common.checks import ConfigurationError
from allennlp.common.distributed_options import check_options
from allennlp.common.tqdm import Tqdm
from allennlp.common.util import SigTermReceived, find_open_port
from allennlp.training.in_step import in_step
from torch.multiprocessing import ProcessRaisedException

pytestmark = pytest.mark.processes
Config = dict[str, Any]

# Imported by the processes through --include-package.
PARTS = """
import os, time
from pathlib import Path
import torch.distributed as dist
from allennlp.common.checks import ConfigurationError
from allennlp.models import Model, SimpleTagger

@Model.register("made_up_tagger")
class MadeUp(SimpleTagger):
    def __init__(self, *arguments, fails=False, seconds=0.0, **options):
        super().__init__(*arguments, **options)
        self.fails, self.seconds = fails, seconds
        Path(f"rank_{dist.get_rank()}.pid").write_text(str(os.getpid()))

    def forward(self, *arguments, **options):
        if self.fails and dist.get_rank() == 1:
            raise ConfigurationError("key 'a':\\n  is wrong")
        time.sleep(self.seconds)
        return super().forward(*arguments, **options)
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, from which the processes import."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("ALLENNLP_DEBUG", raising=False)
    (tmp_path / "made_up_parts.py").write_text(PARTS)
    return tmp_path


@pytest.fixture
def together(tagger: Config) -> Config:
    """The tiny tagger's config for two processes on the CPU, a sentence a batch."""
    return tagger | {"distributed": {"cuda_devices": [-1, -1]}, "data_loader": {"batch_size": 1}}


def as_program(config: Config) -> subprocess.Popen[str]:
    Path("config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "allennlp", "train", "config.json", "-s", "run"]
    return subprocess.Popen(
        [*command, "--include-package", "made_up_parts"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_test_data_of_all_processes_are_evaluated(together: Config, sentences: Path, here: Path) -> None:
    """Of five sentences the first process has three and the other two: the fifth waits for nobody."""
    lines = sentences.read_text().splitlines(keepends=True)
    (here / "five.tsv").write_text("".join([*lines, "A###D cat###N ran###V\n"]))
    train_model(
        Params(together | {"test_data_path": str(here / "five.tsv"), "evaluate_on_test": True}), "run"
    )
    metrics = json.loads(Path("run/metrics.json").read_text())
    # the four that both processes had
    expected = evaluate_from_archive("run/model.tar.gz", str(sentences), batch_size=1)
    assert metrics["test_accuracy"] == pytest.approx(expected["accuracy"], abs=1e-6)
    assert metrics["test_loss"] == pytest.approx(expected["loss"], abs=1e-6)
    first, second = (Path(f"run/out_worker{rank}.log").read_text() for rank in range(2))
    assert "left out" in first and "left out" not in second
    # what is logged as it is written
    assert "- Metrics: " in first and "- Metrics: " not in second


def test_an_error_of_one_process_is_one_line(together: Config) -> None:
    together["model"] |= {"type": "made_up_tagger", "fails": True}
    program = as_program(together)
    _, told = program.communicate(timeout=200)
    assert program.returncode == 1 and "Traceback" not in told
    assert told.endswith("allennlp: error: key 'a': is wrong\n")
    assert "Traceback" in Path("run/out_worker1.log").read_text()


@pytest.mark.parametrize(
    ("to_all", "number", "status"), [(True, signal.SIGINT, 130), (False, signal.SIGTERM, 143)]
)
def test_an_interruption_ends_all_and_keeps_the_best(
    to_all: bool, number: int, status: int, together: Config
) -> None:
    """As a terminal does it, to the whole group, and as `kill` does it."""
    # AllenNLP's own trainer has no best weights for a moment when it replaces them: let it be a rare one
    together["model"] |= {"type": "made_up_tagger", "seconds": 0.2}
    together["trainer"]["num_epochs"] = 10**6
    program = as_program(together)
    try:
        deadline = time.monotonic() + 200
        while not Path("run/metrics_epoch_2.json").exists() and time.monotonic() < deadline:
            assert program.poll() is None, program.communicate()[1]
            time.sleep(0.1)
        (os.killpg if to_all else os.kill)(program.pid, number)
        _, told = program.communicate(timeout=100)
    finally:
        program.kill()
    assert program.returncode == status
    assert "Traceback" not in told and told.splitlines()[-1].startswith("allennlp: error: ")
    assert Path("run/model.tar.gz").exists()
    assert all(ended(int(path.read_text())) for path in Path().glob("rank_*.pid"))


def _end_by_signal(rank: int) -> None:
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(300)


def _fail(rank: int) -> None:
    raise KeyError(f"rank {rank}")


def test_a_process_that_the_system_ends_is_told_in_one_line() -> None:
    with pytest.raises(ConfigurationError, match="process 1 .* was ended by SIGKILL.*memory") as error:
        workers.spawn(_end_by_signal, (), 2)
    assert "\n" not in str(error.value)


def test_a_defect_keeps_its_traceback() -> None:
    with pytest.raises(ProcessRaisedException, match="KeyError: 'rank 0'"):
        workers.spawn(_fail, (), 1)


def _share(rank: int, store: str, sizes: list[int], target: str) -> None:
    dist.init_process_group("gloo", init_method=f"file://{store}", world_size=len(sizes), rank=rank)
    seen = list(in_step(range(sizes[rank])))
    Path(f"{target}_{rank}").write_text(json.dumps(seen))


@pytest.mark.parametrize("sizes", [[2, 2], [0, 2], [3, 1]])
def test_in_step(sizes: list[int], here: Path) -> None:
    workers.spawn(_share, (str(here / "store"), sizes, str(here / "seen")), 2)
    for rank in range(2):
        assert json.loads((here / f"seen_{rank}").read_text()) == list(range(min(sizes)))


def test_alone_nothing_is_left_out() -> None:
    assert list(in_step(range(3))) == [0, 1, 2]


TWO = {"cuda_devices": [-1, -1]}
HOSTS = {"cuda_devices": [0], "num_nodes": 2, "primary_address": "10.0.0.1", "primary_port": 29500}


@pytest.mark.parametrize("options", [TWO, {"cuda_devices": [1, 0]}, HOSTS, TWO | {"primary_port": 5}])
def test_options_that_two_processes_can_have(options: Config) -> None:
    check_options(options, 0)


@pytest.mark.parametrize(
    ("options", "node_rank", "told"),
    [
        (TWO | {"num_node": 2}, 0, "distributed.num_node: there is no such key"),
        ({}, 0, r"distributed.cuda_devices is None; list the GPUs"),
        ({"cuda_devices": 2}, 0, r"distributed.cuda_devices is 2; list the GPUs"),
        ({"cuda_devices": []}, 0, "list the GPUs"),
        ({"cuda_devices": ["0", "1"]}, 0, "list the GPUs"),
        ({"cuda_devices": [0, -1]}, 0, "list each GPU once, or -1 alone"),
        ({"cuda_devices": [0, 0]}, 0, "list each GPU once"),
        ({"cuda_devices": [-1]}, 0, "one device on one host"),
        (TWO | {"num_nodes": 0}, 0, "distributed.num_nodes is 0"),
        (HOSTS, 2, "--node-rank is 2, but distributed.num_nodes is 2"),
        (HOSTS | {"primary_port": None}, 1, "distributed.primary_port: missing"),
        (
            {key: HOSTS[key] for key in ("cuda_devices", "num_nodes")},
            0,
            "distributed.primary_address: missing",
        ),
    ],
)
def test_options_that_would_have_processes_wait_for_ever(options: Config, node_rank: int, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as error:
        check_options(options, node_rank)
    assert "\n" not in str(error.value)


def test_train_checks_the_options(together: Config) -> None:
    together["distributed"]["num_node"] = 1
    with pytest.raises(ConfigurationError, match="there is no such key"):
        train_model(Params(together), "run")


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """New processes have nothing to import."""
    start = functools.partial(torch.multiprocessing.start_processes, start_method="fork")
    monkeypatch.setattr(torch.multiprocessing, "spawn", start)


def _user_error() -> None:
    raise ConfigurationError("key 'a': is wrong")


def _defect() -> None:
    raise KeyError("a defect")


def _sigterm() -> None:
    raise SigTermReceived


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("end", "error", "told"),
    [
        (_user_error, ConfigurationError, "^key 'a': is wrong$"),
        (_defect, ProcessRaisedException, "Process 1 ended with this error:\n(.*\n)*KeyError: 'a defect'"),
        (_sigterm, SigTermReceived, ""),
        (_kill, ConfigurationError, "process 1 .* was ended by SIGKILL"),
        (lambda: os._exit(0), ConfigurationError, "process 0 .* lost another one, .* \\(.+\\)"),
    ],
)
def test_the_cause_is_told_and_not_that_others_miss_the_one_it_ended(
    end: Callable[[], None], error: type[Exception], told: str, forked: None, here: Path
) -> None:
    def work(rank: int) -> None:
        dist.init_process_group("gloo", init_method=f"file://{here / 'store'}", world_size=2, rank=rank)
        dist.barrier()
        if rank == 1:
            end()
        dist.all_reduce(torch.ones(1))

    with pytest.raises(error) as raised:
        workers.spawn(work, (), 2)
    assert re.search(told, str(raised.value))


def test_one_process_draws_bars(forked: None, here: Path) -> None:
    def work(rank: int) -> None:
        with (here / f"bar_{rank}").open("w") as file:
            list(Tqdm.tqdm(range(3), file=file))

    workers.spawn(work, (), 2)
    assert "3/3" in (here / "bar_0").read_text()
    assert (here / "bar_1").read_text() == ""


def test_who_finds_nobody_is_told_where_to_look() -> None:
    handler, port = signal.getsignal(signal.SIGINT), find_open_port()
    with pytest.raises(
        ConfigurationError, match=f"process 1 of 2 .* tcp://127.0.0.1:{port}.*one command for"
    ):
        workers.meet(f"tcp://127.0.0.1:{port}", 1, 2, backend="gloo", timeout=timedelta(seconds=1))
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_interface_that_an_address_is_reached_by() -> None:
    """And not that of this machine's name."""
    assert workers.interface_to("127.0.0.1") == "lo"
    assert workers.interface_to("no.such.host.invalid") is None
