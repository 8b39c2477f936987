"""What a person sees of a run, and where its figures are written."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from hmtl.files import replacing
from hmtl.training.bar import EpochBar
from hmtl.training.figures import EpochSums, StepFigures
from hmtl.training.scalar_log import ScalarLog, TensorboardLog, epoch_scalars, interference_scalars
from hmtl.training.wandb_log import WandbLog, WandbOptions


class EpochWatch:
    """The running figures of one epoch, and its progress bar, which the context closes.

    # Parameters

    drawn : the task of each step of the epoch. done : how many of them an earlier process has taken; their
        figures come with `load_state_dict`. visible : whether to show a bar.
    """

    def __init__(self, epoch: int, drawn: Sequence[str], done: int = 0, visible: bool = True) -> None:
        self._sums = EpochSums()
        self._bar = EpochBar(epoch, drawn, done, visible)
        self._begun = time.perf_counter()
        self._ended: float | None = None

    def __enter__(self) -> "EpochWatch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = time.perf_counter()
        self._bar.close()

    def step(self, figures: StepFigures) -> None:
        """Takes in a step."""
        self._sums.add(figures)
        self._bar.step(figures, self._sums.losses())

    def metrics(self) -> dict[str, float]:
        """See `EpochSums.metrics`."""
        return self._sums.metrics()

    def state_dict(self) -> dict[str, Any]:
        return self._sums.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums.load_state_dict(state)

    def stretch(self) -> dict[str, Any]:
        """What this process has spent on the epoch: `seconds` and `words` of each task's steps, and
        `training_seconds` of all, with what lies between the steps."""
        until = time.perf_counter() if self._ended is None else self._ended
        return {
            "seconds": dict(sorted(self._bar.seconds.items())),
            "training_seconds": until - self._begun,
            "words": dict(sorted(self._bar.words.items())),
        }


class RunLog:
    """Writes the figures of a run below its directory (`metrics_epoch_*.json` and `timings.jsonl` for
    programs, `log/` for TensorBoard) and to Weights & Biases.

    # Parameters

    interval : after how many steps a task's figures go to TensorBoard again; None: no `log/`. steps_done : by
        the run that this one resumes; what that run logged of later steps is taken back. wandb : None: not
        to W&B. visible : False for all but one process of a run, which write nothing.
    """

    def __init__(
        self,
        directory: Path,
        interval: int | None,
        steps_done: int = 0,
        wandb: WandbOptions | None = None,
        visible: bool = True,
    ) -> None:
        self.directory = directory
        self.visible = visible
        self._logs: list[ScalarLog] = []
        if visible and wandb is not None:
            self._logs.append(WandbLog(directory, wandb))
        if visible and interval is not None:
            self._logs.append(TensorboardLog(directory / "log", interval, steps_done))

    def step(self, step: int, figures: StepFigures) -> None:
        """One training step of a task. `step` counts over all tasks, from 1."""
        for log in self._logs:
            if log.is_due(figures.task, step):
                names = ("loss", "gradient_norm", "learning_rate")
                log.add(step, {f"{figures.task}/{name}": getattr(figures, name) for name in names})

    def epoch(
        self,
        epoch: int,
        step: int,
        training: dict[str, float],
        validation: dict[str, float],
        interference: dict[str, Any] | None,
    ) -> None:
        """The figures of a finished epoch, after `step` steps of all tasks."""
        if not self.visible:
            return
        figures = {
            "epoch": epoch,
            "step": step,
            **{f"training_{name}": value for name, value in training.items()},
            **{f"validation_{name}": value for name, value in validation.items()},
            **({} if interference is None else {"interference": interference}),
        }
        with replacing(self.directory / f"metrics_epoch_{epoch}.json") as file:
            file.write(json.dumps(figures, indent=2).encode() + b"\n")
        self._add(step, epoch_scalars(training, validation) | interference_scalars(interference or {}))

    def stretch(self, line: dict[str, Any]) -> None:
        """Appends to `timings.jsonl` what one process has spent on an epoch."""
        if not self.visible:
            return
        with (self.directory / "timings.jsonl").open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
        seconds = {task: value for task, value in line["seconds"].items() if value > 0}
        self._add(
            line["to_step"],
            {f"{task}/words_per_second": line["words"][task] / value for task, value in seconds.items()},
        )

    def _add(self, step: int, values: dict[str, float]) -> None:
        for log in self._logs:
            log.add(step, values)
            log.flush()

    def close(self) -> None:
        for log in self._logs:
            log.close()
