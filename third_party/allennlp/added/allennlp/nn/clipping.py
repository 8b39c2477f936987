"""Gradient clipping that also takes sparse gradients: torch's own functions, given the sparse ones' values.

A coalesced sparse gradient is zero wherever it stores nothing, so norms and clipped entries are those of its
values.
"""

from collections.abc import Iterable

import torch
from torch.nn.utils import clip_grad_norm_ as torch_clip_grad_norm_
from torch.nn.utils import clip_grad_value_ as torch_clip_grad_value_


def clip_grad_norm_(parameters: Iterable[torch.Tensor], max_norm: float) -> torch.Tensor:
    """Scale all gradients in place to a joint 2-norm of at most `max_norm`; returns the norm before."""
    return torch_clip_grad_norm_(_dense(parameters), max_norm)


def clip_grad_value_(parameters: Iterable[torch.Tensor], clip_value: float) -> None:
    """Clamp every entry of every gradient in place to [-clip_value, clip_value]."""
    torch_clip_grad_value_(_dense(parameters), clip_value)


def _dense(parameters: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """The parameters that have a gradient; for a sparse one, its values stand in."""
    return [_stand_in(parameter) for parameter in parameters if parameter.grad is not None]


def _stand_in(parameter: torch.Tensor) -> torch.Tensor:
    if not parameter.grad.is_sparse:
        return parameter
    # Duplicate rows must be summed first: the norm of a sum is not the norm of its terms.
    parameter.grad = parameter.grad.coalesce()
    # (stored rows, dimension), the same memory as the gradient's own values
    values = parameter.grad.detach().values()
    stand_in = values.detach()
    stand_in.grad = values
    return stand_in
