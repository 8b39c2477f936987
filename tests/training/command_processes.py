"""The command line in a process of its own, which has nothing to import."""

import functools
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch.multiprocessing
from allennlp.commands import main
from allennlp.common.command_line import run_command
from allennlp.common.util import install_sigterm_handler

SECONDS = 120


class Command:
    """`allennlp train` of a config, started in a session of its own, as from a terminal.

    # Parameters

    directory : of the run; beside it lie its config and what it tells, as `<name>.json` and `<name>.told`.
    arguments : further ones. prepare : called in the process, before the command.
    """

    def __init__(
        self,
        config: dict[str, Any],
        directory: Path,
        *arguments: str,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self.told = directory.with_suffix(".told")
        path = directory.with_suffix(".json")
        path.write_text(json.dumps(config))
        words = ["allennlp", "train", str(path), "-s", str(directory), *arguments]
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=_run, args=(words, self.told, prepare))
        self.process.start()

    @property
    def workers(self) -> list[int]:
        """The ids of its ranks, in order; each leads a process group."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = map(int, path.read_text().split()) if path.exists() else ()
        return sorted(child for child in children if os.getpgid(child) == child)

    def wait_for(self, path: Path, text: str = "") -> None:
        """Until a file is there that holds the text; it fails where the command ends before."""
        deadline = time.monotonic() + SECONDS
        while not (path.exists() and text in path.read_text()):
            assert self.process.is_alive() and time.monotonic() < deadline, self.told.read_text()
            time.sleep(0.02)

    def end(self) -> tuple[int | None, list[str]]:
        """Its exit status, None where it hangs, and what it told of errors. Asserts that none of its
        processes is left."""
        workers = self.workers
        self.process.join(SECONDS)
        status = self.process.exitcode
        self.process.kill()
        self.process.join()
        left = [worker for worker in workers if Path(f"/proc/{worker}").exists()]
        assert not left, f"{left} of {workers} go on"
        lines = self.told.read_text().replace("\r", "\n").splitlines()
        return status, [line for line in lines if "error" in line.lower() or "Traceback" in line]


def _run(words: list[str], told: Path, prepare: Callable[[], object]) -> None:
    os.setsid()
    with told.open("w", buffering=1) as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        sys.stdout = sys.stderr = file
        sys.argv = words
        start = functools.partial(torch.multiprocessing.start_processes, start_method="fork")
        torch.multiprocessing.spawn = start
        prepare()
        install_sigterm_handler()
        run_command(main)
