"""An optimiser with its learning-rate schedule."""

from typing import Any

import torch
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from hmtl.training.precision import Precision


class Learner:
    """An optimiser over all parameters and its learning-rate schedule: one for each task, or one that all
    tasks share.

    A parameter without gradient (another task's head, a level above) is not touched by a step, weight decay
    included.
    """

    def __init__(self, optimizer: Optimizer, scheduler: LearningRateScheduler | None) -> None:
        self.optimizer = optimizer
        self.scheduler = scheduler
        self.steps = 0

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
        if (plateau := self.plateau) is None:
            return False
        rates = [group["lr"] for group in self.optimizer.param_groups]
        # a reduction by no more than eps is not made
        return all(
            rate - max(rate * plateau.factor, least) <= plateau.eps
            for rate, least in zip(rates, plateau.min_lrs, strict=True)
        )

    def step(self, precision: Precision | None = None) -> None:
        """Updates the parameters that have a gradient."""
        if precision is None:
            self.optimizer.step()
        else:
            precision.step(self.optimizer)
        self.steps += 1
        if self.scheduler is not None:
            self.scheduler.step_batch(self.steps)

    def end_epoch(self, metric: float | None) -> None:
        """Moves the schedule on, by the validation metric where there is one."""
        if self.scheduler is not None and not (self.plateau is not None and metric is None):
            self.scheduler.step(metric)

    def state_dict(self) -> dict[str, Any]:
        scheduler = None if self.scheduler is None else self.scheduler.state_dict()
        return {"optimizer": self.optimizer.state_dict(), "scheduler": scheduler, "steps": self.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps = state["steps"]
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])


class Clipping:
    """Bounds on the gradient: each element at ±value first, then the norm of the whole.

    # Parameters

    norm, value : the largest there may be; None: no bound.
    """

    def __init__(self, norm: float | None = None, value: float | None = None) -> None:
        self.norm, self.value = norm, value

    def length(self, parameters: list[nn.Parameter]) -> Tensor:
        """The norm of the whole gradient, a scalar."""
        gradients = _gradients(parameters)
        if not gradients:
            return torch.zeros(())
        # all are of one type and on one device; torch's own function begins by sorting them
        return torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))

    def clip(self, parameters: list[nn.Parameter], norm: float) -> float:
        """Clips the gradient, whose norm is known, in place. Returns the norm that its clipped elements have.

        No element is larger than the whole: a gradient that is small enough costs no pass over memory.
        """
        if self.value is not None and norm > self.value:
            # on a processor torch's clipping of many at once goes through memory twice
            nn.utils.clip_grad_value_(parameters, self.value, foreach=parameters[0].is_cuda)
            norm = self.length(parameters).item()
        if self.norm is not None and norm > self.norm:
            torch._foreach_mul_(_gradients(parameters), self.norm / norm)
        return norm


def _gradients(parameters: list[nn.Parameter]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]
