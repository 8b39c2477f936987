"""Processes that carry out one job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.workers import pool
from hmtl.workers.pool import Lost, Workers

LONG = 60
"""Seconds after which what should have happened never will."""

Start = Callable[..., Workers]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Workers] = []

    def run(job: Callable, count: int) -> Workers:
        started.append(Workers(job, count))
        return started[-1]

    yield run
    for workers in started:
        workers.close()


def processes(workers: Workers) -> list[int]:
    return [worker.process.pid for worker in workers._workers]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("count", [1, 3])
def test_replies_come_in_the_order_of_requests_and_a_failure_is_one_of_them(start: Start, count: int) -> None:
    workers = start(int, count)
    for request in ("3", "1", "x", "2"):
        workers.send(request)
    assert workers.waiting == 4
    assert [workers.receive() for _ in range(4)] == [(True, 3), (True, 1), (False, None), (True, 2)]
    assert workers.waiting == 0


def test_messages_of_any_size_do_not_block(start: Start) -> None:
    """Neither side reads while it writes more than a connection holds, unless somebody else reads for it."""
    workers, large = start(bytes, 1), bytes(1 << 22)
    for _ in range(workers.room):
        workers.send(large)
    assert all(workers.receive() == (True, large) for _ in range(workers.room))


def test_what_cannot_be_sent_is_told(start: Start) -> None:
    with pytest.raises(ConfigurationError, match=r"data_loader\.workers: the data cannot be read by other"):
        start(lambda request: request, 1)


def test_a_worker_that_is_killed_is_lost_and_the_others_end_with_the_pool(start: Start) -> None:
    workers = start(time.sleep, 2)
    first, second = processes(workers)
    for _ in range(2):
        workers.send(LONG)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Lost, match="was killed by signal 9"):
        workers.receive()
    workers.close()
    assert not is_running(first) and not is_running(second)


def test_a_worker_that_cannot_begin_is_lost(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(pool, "CODE", "raise SystemExit('no')")
    workers = start(int, 1)
    with pytest.raises(Lost, match="has ended with status 1"):
        for _ in range(2):
            workers.send("7")
            workers.receive()
    assert capfd.readouterr().err == "no\n"


def test_signals_that_end_a_run_are_not_for_workers(start: Start) -> None:
    workers = start(int, 1)
    (process,) = processes(workers)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process, number)
    workers.send("7")
    assert workers.receive() == (True, 7)
    os.kill(process, signal.SIGINT)
    workers.send("8")
    assert workers.receive() == (True, 8)


PARENT = """
import sys, time
from hmtl.workers.pool import Workers
workers = Workers(time.sleep, 2)
workers.send(0.0)
workers.receive()
workers.send(1000.0)
print(*(worker.process.pid for worker in workers._workers), flush=True)
if sys.argv[1] == "fork":
    import os
    if not os.fork():
        os.close(1)
        time.sleep(5)
        os._exit(0)
time.sleep(1000)
"""


@pytest.mark.parametrize("how", ["alone", "fork"])
def test_workers_end_with_a_parent_that_is_killed(how: str) -> None:
    """One in the middle of its job, one that waits, and even where a copy of the parent lives on."""
    command = [sys.executable, "-c", PARENT, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        children = [int(word) for word in parent.stdout.readline().split()]
        assert len(children) == 2 and all(map(is_running, children))
        parent.kill()
    try:
        wait_until(lambda: not any(map(is_running, children)))
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
