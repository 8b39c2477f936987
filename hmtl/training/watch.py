"""What a person sees of a run: the progress bar, TensorBoard, one JSON file an epoch."""

import json
from collections import Counter
from pathlib import Path

from allennlp.common.tqdm import Tqdm
from tensorboardX import SummaryWriter

from hmtl.files import replacing


class EpochWatch:
    """The running figures of one epoch."""

    def __init__(self, epoch: int, steps: int) -> None:
        self.losses: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.bar = Tqdm.tqdm(total=steps, desc=f"epoch {epoch}", unit=" steps")

    def step(self, task: str, loss: float) -> None:
        self.losses[task] += loss
        self.steps[task] += 1
        means = "  ".join(
            f"{'▸' if name == task else ''}{name} {mean:.4g}" for name, mean in self.means().items()
        )
        self.bar.set_postfix_str(means, refresh=False)
        self.bar.update()

    def means(self) -> dict[str, float]:
        """Mean loss of each task that was drawn."""
        return {task: self.losses[task] / self.steps[task] for task in sorted(self.steps)}

    def metrics(self) -> dict[str, float]:
        """Mean loss and number of steps of each task that was drawn."""
        means = {f"{task}/loss": mean for task, mean in self.means().items()}
        return {**means, **{f"{task}/steps": self.steps[task] for task in sorted(self.steps)}}


class RunLog:
    """Writes the figures of a run below its directory: `log/` for TensorBoard, `metrics_epoch_*.json` for
    programs.

    # Parameters

    interval : every how many steps TensorBoard gets figures; None: no `log/`. steps_done : by the run that
        this one resumes; what that run logged of later steps is taken back.
    """

    def __init__(self, directory: Path, interval: int | None, steps_done: int = 0) -> None:
        self.directory = directory
        self.interval = interval
        purge = steps_done + 1 if steps_done else None
        self._writer = SummaryWriter(str(directory / "log"), purge_step=purge) if interval else None

    def step(self, task: str, step: int, loss: float, gradient_norm: float, learning_rate: float) -> None:
        """One training step of a task; every `interval`-th is kept. `step` counts over all tasks, from 1."""
        if self._writer is not None and step % self.interval == 0:
            for name, value in (
                ("loss", loss),
                ("gradient_norm", gradient_norm),
                ("learning_rate", learning_rate),
            ):
                self._writer.add_scalar(f"{task}/{name}", value, step)

    def epoch(self, epoch: int, step: int, training: dict[str, float], validation: dict[str, float]) -> None:
        """The figures of a finished epoch."""
        figures = {
            "epoch": epoch,
            **{f"training_{name}": value for name, value in training.items()},
            **{f"validation_{name}": value for name, value in validation.items()},
        }
        with replacing(self.directory / f"metrics_epoch_{epoch}.json") as file:
            file.write(json.dumps(figures, indent=2).encode() + b"\n")
        if self._writer is not None:
            for split, metrics in (("training", training), ("validation", validation)):
                for name, value in metrics.items():
                    task, _, metric = name.partition("/")
                    self._writer.add_scalar(f"{task}/{split}_{metric}", value, step)
            self._writer.flush()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
