"""Dropout whose random numbers cost little on a processor."""

import torch
from torch import BoolTensor, Tensor, nn
from torch.nn import functional

_PARTS = 4  # 16-bit numbers in each 64-bit number drawn
_RANGE = 2**16


class Dropout(nn.Dropout):
    """`torch.nn.Dropout`, drawing by `dropout`."""

    def forward(self, input: Tensor) -> Tensor:
        """The input with elements dropped in training, of the same shape."""
        return dropout(input, self.p, self.training)


def dropout(values: Tensor, p: float, training: bool) -> Tensor:
    """`torch.nn.functional.dropout` (Srivastava et al. 2014): each element is 0 with probability p, else
    divided by 1 − p.

    torch draws a number for every element, one after the other; there a small network spends a sixth of a
    step. Here one draw of 64 bits decides four elements, so that p is rounded to a multiple of 2⁻¹⁶, and the
    divisor with it. Off a CPU torch's own is used, and where p leaves nothing to draw.
    """
    level = round(p * _RANGE)
    if not training or level in (0, _RANGE) or values.device.type != "cpu":
        return functional.dropout(values, p, training)
    return _Dropped.apply(values, _draw(values, level), _RANGE / (_RANGE - level))


def _draw(values: Tensor, level: int) -> BoolTensor:
    """True with probability level / 2¹⁶, in the shape of `values`."""
    count = values.numel()
    drawn = torch.empty(-(-count // _PARTS), dtype=torch.long).random_(-(2**63), None)
    # all 2¹⁶ values of an int16 are equally likely, the negative ones too
    return (drawn.view(torch.int16)[:count] < level - _RANGE // 2).view(values.shape)


class _Dropped(torch.autograd.Function):
    """Values without those dropped, scaled; what backward needs is one byte for each."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, values: Tensor, dropped: BoolTensor, scale: float
    ) -> Tensor:
        ctx.save_for_backward(dropped)
        ctx.scale = scale  # type: ignore[attr-defined]
        return values.masked_fill(dropped, 0.0).mul_(scale)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None, None]:
        (dropped,) = ctx.saved_tensors  # type: ignore[attr-defined]
        return gradient.masked_fill(dropped, 0.0).mul_(ctx.scale), None, None  # type: ignore[attr-defined]
