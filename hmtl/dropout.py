"""Dropout whose random numbers cost little on a processor."""

import torch
from torch import Tensor, nn
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
    if not training:
        return values
    level = round(p * _RANGE)
    if level in (0, _RANGE) or values.device.type != "cpu":
        return functional.dropout(values, p)
    count = values.numel()
    drawn = torch.empty(-(-count // _PARTS), dtype=torch.long).random_(-(2**63), None)
    kept = torch.empty(values.shape, dtype=values.dtype)
    # of an int16 all values are equally likely, the negative ones too; straight to 0 and 1 in the values' own
    # type, since what goes through bool is not vectorised
    torch.ge(drawn.view(torch.int16)[:count].view(values.shape), level - _RANGE // 2, out=kept)
    return values * kept.mul_(_RANGE / (_RANGE - level))
