"""What is known of a run while it trains: the figures of an epoch, and where they are written."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from hmtl.training.bar import EpochBar
from hmtl.training.checkpoints import replacing
from hmtl.training.scalar_log import ScalarLog, TensorboardLog
from hmtl.training.wandb_log import WandbLog, WandbOptions


@dataclass(frozen=True)
class StepFigures:
    """Of one training step.

    # Parameters

    gradient_norm : of all parameters, before clipping. words, instances : in its batch. seconds : it took.
    """

    task: str
    loss: float
    gradient_norm: float
    learning_rate: float
    words: int
    instances: int
    seconds: float


class EpochWatch:
    """The running figures of one epoch, and its progress bar, which the context closes.

    # Parameters

    drawn : the task of each step of the epoch. done : how many of them an earlier process has taken; its sums
        come with `load_state_dict`. visible : whether to show a bar.
    """

    def __init__(self, epoch: int, drawn: Sequence[str], done: int = 0, visible: bool = True) -> None:
        self._sums: dict[str, Counter[str]] = {}
        self._learning_rates: dict[str, float] = {}
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
        sums = self._sums.setdefault(figures.task, Counter())
        sums["steps"] += 1
        for name in ("loss", "gradient_norm", "words", "instances"):
            sums[name] += getattr(figures, name)
        self._learning_rates[figures.task] = figures.learning_rate
        self._bar.step(figures.task, figures.seconds, figures.words, self._losses())

    def _losses(self) -> dict[str, float]:
        return {task: sums["loss"] / sums["steps"] for task, sums in self._sums.items()}

    def metrics(self) -> dict[str, float]:
        """For each task that was drawn: `task/loss` and `task/gradient_norm`, means of its steps; `task/steps`,
        `task/words`, `task/instances`; `task/learning_rate`, of its last step; `task/loss_scale`, its loss in
        units of the mean of all tasks' (1 where that is 0)."""
        losses = self._losses()
        scale = sum(losses[task] for task in sorted(losses)) / max(len(losses), 1)
        metrics: dict[str, float] = {}
        for task in sorted(losses):
            sums = self._sums[task]
            figures = {
                "loss": losses[task],
                "steps": sums["steps"],
                "words": sums["words"],
                "instances": sums["instances"],
                "gradient_norm": sums["gradient_norm"] / sums["steps"],
                "learning_rate": self._learning_rates[task],
                "loss_scale": losses[task] / scale if scale else 1.0,
            }
            metrics.update({f"{task}/{name}": value for name, value in figures.items()})
        return metrics

    def state_dict(self) -> dict[str, Any]:
        sums = {task: dict(values) for task, values in self._sums.items()}
        return {"sums": sums, "learning_rates": dict(self._learning_rates)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._sums = {task: Counter(values) for task, values in state["sums"].items()}
        self._learning_rates = dict(state["learning_rates"])

    def stretch(self) -> dict[str, Any]:
        """What this process has spent on the epoch: `seconds` and `words` of each task's steps, and
        `training_seconds` of all, with what lies between the steps."""
        until = time.perf_counter() if self._ended is None else self._ended
        return {
            "seconds": {task: self._bar.seconds[task] for task in sorted(self._bar.seconds)},
            "words": {task: self._bar.words[task] for task in sorted(self._bar.words)},
            "training_seconds": until - self._begun,
        }


class RunLog:
    """Writes the figures of a run below its directory: `metrics_epoch_*.json` and `timings.jsonl` for programs,
    `log/` for TensorBoard; and to Weights & Biases.

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
        if visible and interval is not None:
            self._logs.append(TensorboardLog(directory / "log", interval, steps_done))
        if visible and wandb is not None:
            self._logs.append(WandbLog(directory, wandb))

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
        self._add(step, _epoch_scalars(training, validation) | _interference_scalars(interference or {}))

    def stretch(self, line: dict[str, Any]) -> None:
        """Appends to `timings.jsonl` what one process has spent on an epoch."""
        if not self.visible:
            return
        with (self.directory / "timings.jsonl").open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
        speeds = {
            task: line["words"][task] / seconds for task, seconds in line["seconds"].items() if seconds > 0
        }
        self._add(line["to_step"], {f"{task}/words_per_second": speed for task, speed in speeds.items()})

    def _add(self, step: int, values: dict[str, float]) -> None:
        for log in self._logs:
            log.add(step, values)
            log.flush()

    def close(self) -> None:
        for log in self._logs:
            log.close()


def _epoch_scalars(training: dict[str, float], validation: dict[str, float]) -> dict[str, float]:
    """`ner/training_loss`, `ner/validation_f1`, and `mix/ner`: the share of the epoch's steps that were its."""
    scalars = {}
    for split, metrics in (("training", training), ("validation", validation)):
        for name, value in metrics.items():
            task, _, metric = name.partition("/")
            scalars[f"{task}/{split}_{metric}"] = value
    steps = {name.removesuffix("/steps"): n for name, n in training.items() if name.endswith("/steps")}
    return scalars | {f"mix/{task}": n / sum(steps.values()) for task, n in steps.items()}


def _interference_scalars(figures: dict[str, Any]) -> dict[str, float]:
    """`cosine/levels.ner/ner~emd`, and `effect/emd/ner`: of the steps of emd on the loss of ner."""
    return {
        f"{kind}/{outer}/{inner}": value
        for kind in ("cosine", "effect")
        for outer, values in figures.get(kind, {}).items()
        for inner, value in values.items()
    }
