"""All pairs of tokens within a row, a block at a time, so that memory stays bounded."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import BoolTensor, Tensor


class PairBlock(NamedTuple):
    """In each of `rows`, the pairs of a token from `start` to `end` (exclusive) with any of the first `width`
    tokens."""

    rows: list[int]
    start: int
    end: int
    width: int

    def sides(self, heads: Tensor, tails: Tensor) -> tuple[Tensor, Tensor]:
        """The block of `(rows, tokens, hidden)` heads and tails, each with a dimension to broadcast over the
        other."""
        # (rows, end - start, 1, hidden), (rows, 1, width, hidden)
        return heads[self.rows, self.start : self.end].unsqueeze(2), tails[self.rows, : self.width].unsqueeze(
            1
        )

    def valid(self, mask: BoolTensor) -> BoolTensor:
        """`(rows, end - start, width)`, true at pairs of two different words, from the `(rows, tokens)` mask
        of the batch."""
        # (rows, width)
        words = mask[self.rows, : self.width]
        tokens = torch.arange(self.width, device=mask.device)
        different = tokens[self.start : self.end, None] != tokens
        return words[:, self.start : self.end, None] & words[:, None, :] & different


def pair_blocks(lengths: list[int], hidden_dim: int, budget: int) -> Iterator[PairBlock]:
    """Blocks that together hold each pair of each row once.

    # Parameters

    lengths : words of each row.
    hidden_dim : numbers for each pair.
    budget : numbers a block may hold. One token of one row with all others is a block even where it holds
        more.
    """
    # Long rows first, so that a block's rows are of like length and hold little padding.
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    first = 0
    while first < len(order):
        width = lengths[order[first]]
        rows = order[first : first + max(1, budget // (width * width * hidden_dim))]
        step = max(1, budget // (len(rows) * width * hidden_dim))
        for start in range(0, width, step):
            yield PairBlock(rows, start, min(start + step, width), width)
        first += len(rows)
