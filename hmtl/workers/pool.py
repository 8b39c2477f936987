"""Processes that carry out one job."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from allennlp.common.checks import ConfigurationError

from hmtl.workers.messages import pack, unpack

AHEAD = 4
"""Requests that a worker may have before it, so that one that takes long does not hold up the others."""
CODE = "import sys; from hmtl.workers.process import main; main(*map(int, sys.argv[1:]))"
ENDING = (signal.SIGINT, signal.SIGTERM)
"""Signals that end a run."""


class Lost(Exception):
    """A worker has ended unasked; the message says how."""


class _Worker(NamedTuple):
    process: subprocess.Popen[bytes]
    connection: Connection


class Workers:
    """Processes that carry out one job for many requests, each in its turn; replies come in the requests'
    order.

    They are new interpreters, not forks: neither threads nor accelerators survive a fork. They do not listen
    to Ctrl-C and SIGTERM, which this process answers for them, and end when it does, however that happens.

    # Parameters

    job : is called with each request. count : of processes.

    Raises `ConfigurationError` where the job cannot be given to another process.
    """

    def __init__(self, job: Callable[[Any], Any], count: int) -> None:
        try:
            message = pack(job)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                f"data_loader.workers: the data cannot be read by other processes ({error}); set it to 0"
            ) from error
        self.room = count * AHEAD
        self._workers = [_start() for _ in range(count)]
        self._asked: deque[_Worker] = deque()
        self._next = 0
        for worker in self._workers:
            # one that has ended already will be missed when its reply is wanted
            with suppress(OSError):
                worker.connection.send_bytes(message)

    @property
    def waiting(self) -> int:
        """Requests without a reply; no more than `room`."""
        return len(self._asked)

    def send(self, request: Any) -> None:
        """Raises `Lost`."""
        worker = self._workers[self._next % len(self._workers)]
        self._next += 1
        try:
            worker.connection.send_bytes(pack(request))
        except OSError as error:
            raise Lost(_end(worker)) from error
        self._asked.append(worker)

    def receive(self) -> tuple[bool, Any]:
        """The oldest request's reply: whether the job was done, and what it gave. Raises `Lost`."""
        worker = self._asked.popleft()
        try:
            return unpack(worker.connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise Lost(_end(worker)) from error

    def close(self) -> None:
        """Ends the processes, and waits for it."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.wait()
        self._workers, self._asked = [], deque()


def _start() -> _Worker:
    ours, theirs = Pipe()
    path = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    command = [sys.executable, "-P", "-c", CODE, str(theirs.fileno()), str(os.getpid())]
    with theirs, _deaf():
        # one thread each: they are many, and the training wants its cores
        environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
        )
    return _Worker(process, ours)


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started here never gets the signals that end a run."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(worker: _Worker) -> str:
    try:
        status = worker.process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "no longer answers"
    return f"was killed by signal {-status}" if status < 0 else f"has ended with status {status}"
