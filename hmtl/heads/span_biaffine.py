"""Scores of all spans up to a width, from their first and last words."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import BoolTensor, LongTensor, Tensor
from torch.nn.functional import pad

from hmtl.dropout import Dropout
from hmtl.heads.band import band_of, block_size, blocks_of, windows_of
from hmtl.heads.rows import flatten

MAX_CELLS = 1 << 23
"""Numbers that the scores of one piece of a batch may need at once: 32 MiB in single precision."""
_WIDTHS = 32
_RARITY = 50.0


class SpanWords(NamedTuple):
    """The words of a batch, laid end to end in blocks, as the starts and the ends of spans."""

    starts: Tensor
    """`(blocks, block, hidden + 1)`"""
    ends: Tensor
    """`(blocks, block, hidden + 1)`"""
    inside: Tensor
    """`(blocks, block, labels)`"""
    room: LongTensor
    """`(blocks, block)`: how many words of its row follow each word, -1 where there is no word."""
    width: int
    """Words in the widest span."""


class SpanBiaffine(torch.nn.Module):
    """The biaffine classifier of Yu et al. (2020), "NER as Dependency Parsing", in a band.

    With h_s(i) and h_e(j) from one layer each over a word and its neighbour outside the span (equation 3),

        score(i, j) = h_s(i)ᵀ U h_e(j) + W [h_s(i) ; h_e(j)] + b + mean of V x(k) over i ≤ k ≤ j + bias(j - i)

    for each label; no label scores 0. The last two terms are ours: they let single words and the width speak
    before the encoder has learned to tell the ends of a span. b begins where spans with a label are rare, so
    that learning need not unlearn them first.

    # Parameters

    input_dim : of the words. hidden_dim : of h_s and h_e. labels : how many. dropout : on both.
    """

    def __init__(self, input_dim: int, hidden_dim: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.dropout = Dropout(dropout)
        self.start = torch.nn.Linear(2 * input_dim, hidden_dim)
        self.end = torch.nn.Linear(2 * input_dim, hidden_dim)
        self.inside = torch.nn.Linear(input_dim, labels, bias=False)
        # W and b are the last row and column: h_s and h_e end in a 1
        self.weight = torch.nn.Parameter(torch.empty(labels, hidden_dim + 1, hidden_dim + 1))
        self.width_bias = torch.nn.Parameter(torch.zeros(labels, _WIDTHS))
        torch.nn.init.normal_(self.weight, std=1 / hidden_dim)
        torch.nn.init.constant_(self.weight[:, -1, -1], -math.log(_RARITY * max(labels, 1)))

    def forward(self, words: Tensor, mask: BoolTensor, max_width: int | None) -> SpanWords:
        """What the scores are made of, from `(rows, tokens, input_dim)`."""
        words = words.masked_fill(~mask.unsqueeze(-1), 0.0)
        before, after = pad(words, (0, 0, 1, 0))[:, :-1], pad(words, (0, 0, 0, 1))[:, 1:]
        # each (words, hidden + 1)
        starts = self._hidden(self.start, flatten(torch.cat([before, words], -1), mask))
        ends = self._hidden(self.end, flatten(torch.cat([words, after], -1), mask))
        # (rows, tokens)
        room = mask.flip(1).cumsum(1).flip(1) - 1
        width = min(int(room.max()) + 1, max_width or mask.shape[1])
        block = block_size(width)
        parts = (blocks_of(part, block) for part in (starts, ends, self.inside(flatten(words, mask))))
        return SpanWords(*parts, blocks_of(room[mask] + 1, block) - 1, width)

    def _hidden(self, layer: torch.nn.Linear, words: Tensor) -> Tensor:
        return pad(self.dropout(layer(words).relu()), (0, 1), value=1.0)

    def pieces(self, words: SpanWords) -> Iterator[range]:
        """Ranges of blocks whose scores fit into memory."""
        count, block, hidden = words.starts.shape
        cells = (block + words.width - 1) * (block * len(self.weight) + hidden)
        step = max(1, MAX_CELLS // cells)
        return (range(first, min(first + step, count)) for first in range(0, count, step))

    def scores(self, words: SpanWords, piece: range) -> Tensor:
        """`(blocks, labels, block, width)` of some blocks: the span of the words i to i + w of the batch.
        Where w exceeds the room of i there is no such span, and the number means nothing."""
        # (blocks, labels, block, hidden + 1)
        starts = words.starts[piece.start : piece.stop].unsqueeze(1) @ self.weight
        # (blocks, window, hidden + 1)
        ends = windows_of(words.ends, piece, words.width)
        # (blocks, labels * block, window)
        pairs = starts.flatten(1, 2) @ ends.transpose(1, 2)
        band = band_of(pairs.unflatten(1, starts.shape[1:3]), words.width)
        return band + self._means(words, piece) + self._width_biases(words.width)

    def _means(self, words: SpanWords, piece: range) -> Tensor:
        """The mean of `inside` over the words of each span: `(blocks, labels, block, width)`."""
        # (blocks, labels, window + 1): sums of what precedes a word of the window
        sums = pad(windows_of(words.inside, piece, words.width).cumsum(1), (0, 0, 1, 0)).transpose(1, 2)
        # (blocks, labels, block, width)
        ends = sums[..., 1:].unfold(2, words.width, 1)
        starts = sums[..., : words.inside.shape[1], None]
        return (ends - starts) / torch.arange(1, words.width + 1, device=sums.device)

    def _width_biases(self, width: int) -> Tensor:
        """The bias of each width: `(labels, 1, width)`."""
        return self.width_bias[
            :, torch.arange(width, device=self.width_bias.device).clamp(max=_WIDTHS - 1)
        ].unsqueeze(1)
