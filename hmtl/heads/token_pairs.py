"""All ordered pairs of different tokens within each row, scored a block at a time so that memory stays
bounded."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import BoolTensor, LongTensor, Tensor
from torch.nn.functional import softplus
from torch.utils.checkpoint import checkpoint

from hmtl.heads.pair_blocks import PairBlock, pair_blocks
from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.rows import flatten


@dataclass(frozen=True)
class TokenPairs:
    """The pairs of a batch.

    scorer : of the pairs.
    heads, tails : `(rows, tokens, hidden)`, what `scorer` makes of each token on either side of a pair.
    mask : `(rows, tokens)`, true at words.
    budget : numbers in the largest tensor over pairs.
    """

    scorer: PairScorer
    heads: Tensor
    tails: Tensor
    mask: BoolTensor
    budget: int

    def off(self) -> Tensor:
        """The scalar sum of softplus(s) over all pairs and labels. See `PairScorer.loss`."""
        blocks = list(self._blocks())
        # Of many blocks, only one at a time keeps what its backward pass needs.
        again = len(blocks) > 1 and torch.is_grad_enabled()
        inputs = ((*block.sides(self.heads, self.tails), block.valid(self.mask)) for block in blocks)
        return sum(
            checkpoint(self._off, *each, use_reentrant=False) if again else self._off(*each)
            for each in inputs
        )

    def at(self, cells: LongTensor) -> Tensor:
        """`(cells,)` scores of `(cells, 3)`: two tokens, counted through all words of the batch, and a
        label."""
        heads, tails, labels = cells.unbind(1)
        sides = flatten(self.heads, self.mask)[heads], flatten(self.tails, self.mask)[tails]
        return self.scorer(*sides).gather(1, labels.unsqueeze(1)).squeeze(1)

    @torch.no_grad()
    def above_threshold(self) -> Iterator[tuple[int, int, int, int]]:
        """`(row, head, tail, label)` of each score above the scorer's threshold, in tokens of the row."""
        for block in self._blocks():
            above = self.scorer(*block.sides(self.heads, self.tails)) > self.scorer.least_score
            for row, head, tail, label in (above & block.valid(self.mask).unsqueeze(-1)).nonzero().tolist():
                yield block.rows[row], block.start + head, tail, label

    def _off(self, heads: Tensor, tails: Tensor, valid: BoolTensor) -> Tensor:
        # (rows, heads, tails)
        off = softplus(self.scorer(heads, tails)).sum(-1)
        return off.masked_fill(~valid, 0.0).sum()

    def _blocks(self) -> Iterator[PairBlock]:
        return pair_blocks(self._lengths(), self.heads.size(-1), self.budget)

    def _lengths(self) -> list[int]:
        return self.mask.sum(1).tolist()
