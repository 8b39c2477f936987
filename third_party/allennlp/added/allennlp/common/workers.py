"""The processes of distributed training: what ends them reaches the user as from one process."""

import fcntl
import logging
import os
import re
import signal
import socket
import struct
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import torch.distributed as dist
import torch.multiprocessing
from allennlp.common.checks import ConfigurationError
from allennlp.common.command_line import USER_ERRORS, log_to_files, one_line
from allennlp.common.tqdm import Tqdm
from allennlp.common.util import SigTermReceived
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException
from tqdm import tqdm

logger = logging.getLogger(__name__)
# It tells of every process that it ends because another failed; the user is told why, once.
logging.getLogger("torch.multiprocessing.spawn").setLevel(logging.ERROR)

# asks Linux for the address of an interface
_SIOCGIFADDR = 0x8915


class Report(NamedTuple):
    """Why a process ends before its work is done."""

    rank: int
    kind: str
    text: str = ""


# Of several reports the first of these is the cause of the others. A process that stops because another got
# SIGTERM knows of no signal, and calls it an interruption.
KINDS = USER, DEFECT, TERMINATED, INTERRUPTED, LOST = "user", "defect", "terminated", "interrupted", "lost"


def spawn(function: Callable[..., Any], args: tuple[Any, ...], nprocs: int) -> None:
    """Call `function(rank, *args)` in `nprocs` new processes and wait for their end.

    What the user can mend is raised as a `ConfigurationError`, whichever process met it, and so is the end of
    one by a signal, or of one on another host. Ctrl-C and SIGTERM are passed on to the first process alone,
    which saves what there is while the others still answer it; then all end. A second Ctrl-C ends them at
    once. One that reaches a process of its own accord, or from another host, is raised here.
    """
    reports = torch.multiprocessing.get_context("spawn").SimpleQueue()
    # It lets signals through when it starts, which must not be while they are held back.
    resource_tracker.ensure_running()
    # Held back in the new processes until they know what to do: an import cut short prints a traceback.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    context, error, killed = None, None, {}
    try:
        context = torch.multiprocessing.spawn(_work, (function, reports, *args), nprocs, join=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        while context.sentinels:
            for sentinel in wait(context.sentinels):
                context.processes[context.sentinels[sentinel]].join()
            # looked up before `context` ends the others by signals of its own
            killed = _killed(context.processes)
            context.join()
    except (KeyboardInterrupt, SigTermReceived):
        _stop(context.processes if context else [])
        raise
    except (ProcessRaisedException, ProcessExitedException) as raised:
        error = raised
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    _raise_cause(error, _all(reports), killed)


def meet(init_method: str, rank: int, world_size: int, **options: Any) -> None:
    """`init_process_group`. While it waits for the other processes a signal ends this one at once, for Python
    would hear of none. Raises `ConfigurationError` where they do not come."""
    logger.info("Process %d of %d looks for the others at %s.", rank, world_size, init_method)
    signals = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in signals}
    if (name := interface_to(urlsplit(init_method).hostname)) is not None:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", name)
    try:
        dist.init_process_group(init_method=init_method, rank=rank, world_size=world_size, **options)
    except (RuntimeError, ValueError) as error:
        cause = next(iter(str(error).splitlines()), type(error).__name__)
        raise ConfigurationError(
            f"process {rank} of {world_size} of the distributed training could not meet the others at "
            f"{init_method} ({cause}); start one command for each host, all with the same config, and let "
            "distributed.primary_address and primary_port be what the hosts can reach and nothing else uses"
        ) from error
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def interface_to(host: str) -> str | None:
    """The name of the network interface by which `host` is reached, or that has its address; None if it is
    not found. gloo itself takes the one that this machine's own name stands for, which often is that of
    127.0.0.1, where no other host can reach it."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # sends nothing
        probe.connect((host, 9))
        own, _ = probe.getsockname()
        for _, name in socket.if_nameindex():
            # one without an IPv4 address is an OSError
            with suppress(OSError):
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()))
                if socket.inet_ntoa(answer[20:24]) == own:
                    return name
    return None


def _work(rank: int, function: Callable[..., Any], reports: "SimpleQueue[Report]", *args: Any) -> None:
    # A terminal sends Ctrl-C to a whole group; it must reach the process that started this one, and no other.
    os.setpgid(0, 0)
    # A shell's background jobs ignore Ctrl-C, and so would these: SIGTERM to the first would stop nothing.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # The bars of the first process are those of all, and their lock is no other's: one that processes could
    # share would be reported as leaked by one that is killed.
    Tqdm.hidden = rank > 0
    tqdm.set_lock(threading.RLock())
    try:
        function(rank, *args)
        if dist.is_available() and dist.is_initialized():
            # All leave together: one whose threads still listen to another can abort when that is gone.
            dist.barrier()
            dist.destroy_process_group()
    except KeyboardInterrupt:
        reports.put(Report(rank, INTERRUPTED))
        raise
    except SigTermReceived as error:
        reports.put(Report(rank, TERMINATED))
        raise KeyboardInterrupt from error
    except Exception as error:
        # When one process fails the others are ended: not while they tell why they failed themselves. A mask
        # of signals would be this thread's alone, and another would take them.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        reports.put(_report(rank, error))
        raise


def _report(rank: int, error: Exception) -> Report:
    log_to_files(error)
    if isinstance(error, USER_ERRORS):
        return Report(rank, USER, one_line(error))
    # gloo has no class of errors of its own
    if isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error)):
        # without the place in gloo's code and its advice
        text = re.sub(r"^\[\S+\] ", "", one_line(error)).partition(". This is typically")[0]
        return Report(rank, LOST, text)
    return Report(rank, DEFECT, traceback.format_exc())


def _all(reports: "SimpleQueue[Report]") -> list[Report]:
    found = []
    while not reports.empty():
        found.append(Report(*reports.get()))
    return sorted(found, key=lambda report: KINDS.index(report.kind))


def _killed(processes: list[BaseProcess]) -> dict[int, int]:
    """The signal of each process that one has ended, by rank."""
    ends = ((rank, process.exitcode) for rank, process in enumerate(processes))
    return {rank: -status for rank, status in ends if status is not None and status < 0}


def _raise_cause(error: Exception | None, reports: list[Report], killed: dict[int, int]) -> None:
    """What `error` is the first sign of: a process that fails takes the others with it."""
    rank, kind, text = reports[0] if reports else (None, None, None)
    if kind == USER:
        raise ConfigurationError(text) from error
    if kind == DEFECT:
        raise ProcessRaisedException(
            f"\n\n-- Process {rank} ended with this error:\n{text}", rank, error.error_pid
        )
    if kind in (INTERRUPTED, TERMINATED):
        raise KeyboardInterrupt if kind == INTERRUPTED else SigTermReceived
    for rank, number in killed.items():
        name = next((known.name for known in signal.Signals if known == number), f"signal {number}")
        raise ConfigurationError(
            f"process {rank} of the distributed training was ended by {name}; SIGKILL often means that main "
            "memory ran out: use fewer processes or smaller batches, and go on with --recover"
        ) from error
    if kind == LOST:
        raise ConfigurationError(
            f"process {rank} of the distributed training lost another one, which has ended or is out of "
            f"reach ({text}); mend what its host says of it, and go on with --recover on every host"
        ) from error
    if error is not None:
        raise error


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
