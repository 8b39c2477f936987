"""Tensors that would not fit are computed a block of rows at a time."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

_WITHOUT_GRADIENTS = 16 * 2**20  # bytes


def in_blocks(compute: Callable[[int, int], Tensor], rows: int, row_bytes: int, budget: int) -> Tensor:
    """`compute(first, last)` for all rows, called once or for one block after the other, and the parts
    joined along the first dimension. The rows of the result must not depend on one another.

    Where gradients are recorded, a block keeps none of its intermediate values: the backward pass computes
    them again (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").

    # Parameters

    compute : gives rows `first` to `last` (exclusive) of the result.
    rows : how many rows there are. row_bytes : what one row takes while it is computed.
    budget : bytes that a block may take; a block has at least one row.
    """
    if not torch.is_grad_enabled():
        # nothing has to be computed again: small blocks stay nearer to the processor
        budget = min(budget, _WITHOUT_GRADIENTS)
    size = max(1, budget // max(1, row_bytes))
    if size >= rows:
        return compute(0, rows)
    blocks = [(first, min(first + size, rows)) for first in range(0, rows, size)]
    if torch.is_grad_enabled():
        return torch.cat([checkpoint(compute, *block, use_reentrant=False) for block in blocks])
    return _filled(compute, blocks)


def _filled(compute: Callable[[int, int], Tensor], blocks: list[tuple[int, int]]) -> Tensor:
    """Each part goes to its place at once. Parts that are kept lie between what is freed around them, and the
    heap grows with every block."""
    part = compute(*blocks[0])
    whole = part.new_empty(blocks[-1][1], *part.shape[1:])
    whole[: len(part)] = part
    for first, last in blocks[1:]:
        whole[first:last] = compute(first, last)
    return whole
