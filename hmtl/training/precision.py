"""Mixed precision."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor
from torch.amp import GradScaler
from torch.optim import Optimizer

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class Precision:
    """Embedder and levels run in half precision where `dtype` says so; heads, losses, weights and optimisers
    stay in single (Micikevicius et al. 2018, arXiv 1710.03740).

    In `fp16` small gradients would vanish: the loss is scaled before `backward` and the gradient unscaled
    after; a step whose gradient overflowed is left out and the scale lowered.
    """

    def __init__(self, dtype: Literal["bf16", "fp16"] | None, device: torch.device) -> None:
        self.dtype = None if dtype is None else DTYPES[dtype]
        self.device = device
        self.scaler = GradScaler(device.type, enabled=dtype == "fp16")
        # sets it up: a rank may have no part of the first batch, and then no loss to scale
        self.scaler.scale(torch.zeros((), device=device))

    def forward(self) -> AbstractContextManager[Any]:
        """What the forward pass runs under."""
        return nullcontext() if self.dtype is None else torch.autocast(self.device.type, self.dtype)

    def backward(self, loss: Tensor) -> Tensor:
        """Adds the loss's gradients to the parameters' and releases its graph, if nobody else holds it.
        Returns the bare loss."""
        self.scaler.scale(loss).backward()
        return loss.detach()

    def unscale(self, optimizer: Optimizer) -> None:
        """Gives the gradients their true size."""
        self.scaler.unscale_(optimizer)

    def step(self, optimizer: Optimizer) -> None:
        """Updates the parameters that have a gradient, unless it overflowed."""
        self.scaler.step(optimizer)
        self.scaler.update()

    @property
    def may_overflow(self) -> bool:
        """Whether a gradient that is not finite is no fault."""
        return self.scaler.is_enabled()

    def state_dict(self) -> dict[str, Any]:
        return self.scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.scaler.load_state_dict(state)
