"""Averaged weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


class WeightAverage:
    """The exponential moving average of the weights over the steps.

    After Polyak & Juditsky (1992), with the exponential decay and warm-up that are usual since:

        w̄ ← d·w̄ + (1 − d)·w,    d = min(decay, (1 + n) / (10 + n)) after n steps

    Training goes on with w; validation and the weights that are kept use w̄, which is smoother and
    generalises better.
    """

    def __init__(self, parameters: list[nn.Parameter], decay: float) -> None:
        self.parameters = parameters
        self.decay = decay
        self.steps = 0
        self.averages = [parameter.detach().clone() for parameter in parameters]

    @torch.no_grad()
    def update(self) -> None:
        """Takes in the weights after a step."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.averages, self.parameters, 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The model has the averages while the context lasts, and its own weights, bit for bit,
        afterwards."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for parameter, average in zip(self.parameters, self.averages, strict=True):
            parameter.data, average.data = average.data, parameter.data

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "averages": self.averages}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.steps = state["steps"]
        for average, saved in zip(self.averages, state["averages"], strict=True):
            average.copy_(saved)
