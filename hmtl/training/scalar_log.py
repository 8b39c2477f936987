"""Where the scalars of a run go."""

import time
from collections.abc import Mapping
from pathlib import Path

from tensorboardX import SummaryWriter


class ScalarLog:
    """Takes named numbers over the steps of a run.

    # Parameters

    interval : how many steps (of all tasks) lie at least between two whose figures are wanted of one task.
    """

    def __init__(self, interval: int) -> None:
        self.interval = interval
        self._due: dict[str, int] = {}

    def is_due(self, task: str, step: int) -> bool:
        """Whether to add this step of a task: its first one, and then the first after every `interval` steps.
        By the step's number alone, a task whose turn never falls on a multiple would never be seen."""
        if step < self._due.get(task, 0):
            return False
        self._due[task] = step + self.interval
        return True

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers by name, after `step` steps of all tasks."""
        raise NotImplementedError

    def flush(self) -> None:
        """What was added is there to be looked at."""

    def close(self) -> None:
        """Nothing is added afterwards."""


class TensorboardLog(ScalarLog):
    """TensorBoard's event files.

    # Parameters

    directory : of the files. steps_done : by the run that this one resumes; TensorBoard then shows nothing
        that was added for later steps.
    """

    def __init__(self, directory: Path, interval: int, steps_done: int) -> None:
        super().__init__(interval)
        # The writer names a file by the second, and TensorBoard reads files in the order of their names: two
        # runs that begin in one second must neither share a file nor be read the wrong way round.
        suffix = f".{time.time_ns()}"
        self._writer = SummaryWriter(str(directory), purge_step=steps_done + 1, filename_suffix=suffix)

    def add(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            # TensorBoard has no ~ in its names
            self._writer.add_scalar(name.replace("~", "."), value, step)

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


def epoch_scalars(training: Mapping[str, float], validation: Mapping[str, float]) -> dict[str, float]:
    """`ner/training_loss`, `ner/validation_f1`, and `mix/ner`: the share of ner in the epoch's steps."""
    scalars = {}
    for split, metrics in (("training", training), ("validation", validation)):
        for name, value in metrics.items():
            task, _, metric = name.partition("/")
            scalars[f"{task}/{split}_{metric}"] = value
    steps = {name.removesuffix("/steps"): n for name, n in training.items() if name.endswith("/steps")}
    return scalars | {f"mix/{task}": n / sum(steps.values()) for task, n in steps.items()}


def interference_scalars(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, float]:
    """`cosine/levels.ner/emd~ner`; `norm/levels.ner/emd`, of emd's gradient there; `effect/emd/ner`, of the
    steps of emd on the loss of ner."""
    return {
        f"{kind}/{outer}/{inner}": value
        for kind in ("cosine", "norm", "effect")
        for outer, values in figures.get(kind, {}).items()
        for inner, value in values.items()
    }
