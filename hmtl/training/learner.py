"""What the trainer keeps for each task."""

from dataclasses import dataclass
from typing import Any

from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.metric_tracker import MetricTracker
from allennlp.training.optimizers import Optimizer
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau


@dataclass
class TaskOptions(FromParams):
    """What one task does in its own way; what is left out is as for all tasks.

    # Parameters

    optimizer, learning_rate_scheduler, patience : as in `HmtlTrainer`.
    validation_metric : with its direction, such as `+f1`; default the head's own.
    """

    optimizer: Lazy[Optimizer] | None = None
    learning_rate_scheduler: Lazy[LearningRateScheduler] | None = None
    patience: int | None = None
    validation_metric: str | None = None


class Learner:
    """An optimiser over all parameters and its learning-rate schedule: one for each task, or one that all tasks share.

    A parameter without gradient (another task's head, a level above) is not touched by a step, weight decay included.
    """

    def __init__(self, optimizer: Optimizer, scheduler: LearningRateScheduler | None) -> None:
        self.optimizer = optimizer
        self.scheduler = scheduler

    @property
    def learning_rate(self) -> float:
        return self.optimizer.param_groups[0]["lr"]

    @property
    def plateau(self) -> ReduceLROnPlateau | None:
        """The scheduler, if it follows a validation metric."""
        inner = getattr(self.scheduler, "lr_scheduler", None)
        return inner if isinstance(inner, ReduceLROnPlateau) else None

    @property
    def at_minimum(self) -> bool:
        """Whether a plateau schedule can lower the learning rate no further."""
        return self.plateau is not None and self.learning_rate <= max(self.plateau.min_lrs)

    def step(self, steps_taken: int) -> None:
        """Updates the parameters that have a gradient. `steps_taken` counts this learner's own steps."""
        self.optimizer.step()
        if self.scheduler is not None:
            self.scheduler.step_batch(steps_taken)

    def end_epoch(self, metric: float | None) -> None:
        """Moves the schedule on, by the validation metric where there is one."""
        if self.scheduler is not None and not (self.plateau is not None and metric is None):
            self.scheduler.step(metric)

    def state_dict(self) -> dict[str, Any]:
        scheduler = None if self.scheduler is None else self.scheduler.state_dict()
        return {"optimizer": self.optimizer.state_dict(), "scheduler": scheduler}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])


class TaskState:
    """One task during training: how it learns, how far it has read, how it fares.

    The tracker follows the metric `name` (without sign) of this task.
    """

    def __init__(self, task: str, learner: Learner, metric: str, patience: int | None) -> None:
        if metric[:1] not in ("+", "-"):
            raise ConfigurationError(
                f"trainer.tasks.{task}.validation_metric is '{metric}'; begin it with + (higher is better) or -"
            )
        self.task = task
        self.learner = learner
        self.higher_is_better = metric[0] == "+"
        self.metric = f"{task}/{metric[1:]}"
        self.tracker = MetricTracker(metric[0] + self.metric, patience)
        self.pass_number, self.batch, self.steps = 0, 0, 0
        self._check_direction()

    def _check_direction(self) -> None:
        plateau, mode = self.learner.plateau, "max" if self.higher_is_better else "min"
        if plateau is not None and plateau.mode != mode:
            raise ConfigurationError(
                f"trainer: the learning rate of task '{self.task}' waits for {self.metric} to fall on a plateau in mode "
                f"'{plateau.mode}'; set the mode of reduce_on_plateau to '{mode}'"
            )

    @property
    def best(self) -> float | None:
        """The best value of the metric so far, with its own sign."""
        score = self.tracker.state_dict()["best_so_far"]
        return score if score is None or self.higher_is_better else -score

    def advance(self, batches_in_pass: int) -> None:
        """Counts a step and moves to the next batch of the data, or of the next pass."""
        self.steps += 1
        self.batch += 1
        if self.batch >= batches_in_pass:
            self.pass_number, self.batch = self.pass_number + 1, 0

    def record(self, metrics: dict[str, float]) -> bool:
        """Takes in the metrics of an epoch; true if they are this task's best so far."""
        if self.metric not in metrics:
            known = ", ".join(sorted(m.removeprefix(f"{self.task}/") for m in metrics))
            raise ConfigurationError(
                f"trainer.tasks.{self.task}.validation_metric: the task has no metric "
                f"'{self.metric.removeprefix(self.task + '/')}'; it has {known}"
            )
        self.tracker.add_metrics(metrics)
        return self.tracker.is_best_so_far()

    def state_dict(self) -> dict[str, Any]:
        position = {"pass_number": self.pass_number, "batch": self.batch, "steps": self.steps}
        return {"tracker": self.tracker.state_dict(), **position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.tracker.load_state_dict(state["tracker"])
        self.pass_number, self.batch, self.steps = state["pass_number"], state["batch"], state["steps"]


def clip_gradients(parameters: list[nn.Parameter], norm: float | None, value: float | None) -> float:
    """Clips elements to ±value, then the whole to `norm`, in place. Returns the norm before, 0 where `norm` is None."""
    with_gradient = [parameter for parameter in parameters if parameter.grad is not None]
    if value is not None:
        nn.utils.clip_grad_value_(with_gradient, value)
    return 0.0 if norm is None else float(nn.utils.clip_grad_norm_(with_gradient, norm))
