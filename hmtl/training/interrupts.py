"""Ctrl-C and SIGTERM."""

import signal
import threading
import time
from types import FrameType
from typing import Any, Self

from allennlp.common.util import SigTermReceived

SIGNALS: dict[int, type[BaseException]] = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: SigTermReceived}


class Interrupts:
    """While the context lasts a first signal is only noted, so that a step can be finished and the run saved;
    a second one stops at once, unless it comes with the first: a job's end is often told to the whole group
    and by the parent as well. Outside the main thread, which alone gets signals, nothing changes."""

    TOGETHER = 1.0
    """Seconds within which two signals are one."""

    def __init__(self) -> None:
        self.noted: int | None = None
        self._noted_at = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.noted is None:
            self.noted, self._noted_at = number, now
        elif now - self._noted_at > self.TOGETHER:
            raise SIGNALS[number]

    def stop(self) -> None:
        """Raises what the noted signal stands for."""
        raise SIGNALS[self.noted or signal.SIGINT]
