"""The processes of distributed training: what ends them reaches the user as from one process."""

import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from typing import Any

import torch.multiprocessing
from allennlp.common.checks import ConfigurationError
from allennlp.common.command_line import USER_ERRORS, log_to_files, one_line
from allennlp.common.util import SigTermReceived
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException

# It tells of every process that it ends because another failed; the user is told why, once.
logging.getLogger("torch.multiprocessing.spawn").setLevel(logging.ERROR)


def spawn(function: Callable[..., Any], args: tuple[Any, ...], nprocs: int) -> None:
    """Call `function(rank, *args)` in `nprocs` new processes and wait for their end.

    What the user can mend is raised as a `ConfigurationError`, whichever process met it, and so is the end of
    one by a signal. Ctrl-C and SIGTERM are passed on to the first process alone, which saves what there is
    while the others still answer it; then all end. A second Ctrl-C ends them at once.
    """
    failures = torch.multiprocessing.get_context("spawn").SimpleQueue()
    # It lets signals through when it starts, which must not be while they are held back.
    resource_tracker.ensure_running()
    # Held back in the new processes until they know what to do: an import cut short prints a traceback.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    context = None
    try:
        context = torch.multiprocessing.spawn(_work, (function, failures, *args), nprocs, join=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        while not context.join():
            pass
    except (KeyboardInterrupt, SigTermReceived):
        _stop(context.processes if context else [])
        raise
    except ProcessRaisedException as error:
        # Not the message of `error`: another process may only have missed the one that met the cause.
        if failures.empty():
            raise
        raise ConfigurationError(failures.get()) from error
    except ProcessExitedException as error:
        if error.signal_name is None:
            raise
        raise ConfigurationError(
            f"process {error.error_index} of the distributed training was ended by {error.signal_name}; "
            "SIGKILL often means that main memory ran out: use fewer processes or smaller batches"
        ) from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(rank: int, function: Callable[..., Any], failures: "SimpleQueue[str]", *args: Any) -> None:
    # A terminal sends Ctrl-C to a whole group; it must reach the process that started this one, and no other.
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        function(rank, *args)
    except USER_ERRORS as error:
        log_to_files(error)
        failures.put(one_line(error))
        raise


def _stop(processes: list[BaseProcess]) -> None:
    try:
        for process in processes[:1]:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGINT)
            process.join()
    finally:
        for process in processes:
            process.kill()
            process.join()
