"""All spans of a document as candidates for mentions (Lee et al. 2017, "End-to-end Neural Coreference
Resolution")."""

import math
from collections.abc import Sequence

import torch
from torch import BoolTensor, LongTensor, Tensor, nn
from torch.nn.functional import linear, pad

from hmtl.heads.blocks import in_blocks
from hmtl.heads.coref_scorer import SpanScorer

TENSORS = 6
"""Tensors of the size of a hidden layer that are alive at once while a block is scored."""


def span_grid(sentences: Sequence[tuple[int, int]], max_width: int, device: torch.device) -> BoolTensor:
    """`(words, max_width)`: whether the span of width w + 1 from word t on stays within its sentence."""
    firsts, lasts = torch.tensor(sentences, device=device).unbind(1)
    # (words)
    room = lasts.repeat_interleave(lasts - firsts + 1) - torch.arange(sentences[-1][1] + 1, device=device)
    return room.unsqueeze(1) >= torch.arange(max_width, device=device)


def prune(
    grid: Tensor, valid: BoolTensor, lengths: list[int], spans_per_word: float
) -> tuple[LongTensor, LongTensor, list[int]]:
    """First and last words of the ⌈spans_per_word · words⌉ best valid spans of each document, in order of
    first, then last word; and how many each document has. They may cross: the greedy search for a
    non-crossing subset is left out, as in the original HMTL. `lengths` : words of each document."""
    widths = grid.shape[1]
    scores = grid.detach().masked_fill(~valid, -math.inf).flatten()
    existing = [int(own.sum()) for own in valid.split(lengths)]
    counts = [
        min(math.ceil(spans_per_word * words), all_) for words, all_ in zip(lengths, existing, strict=True)
    ]
    best, offset = [], 0
    for words, count in zip(lengths, counts, strict=True):
        end = offset + words * widths
        best.append(scores[offset:end].topk(count).indices.sort().values + offset)
        offset = end
    flat = torch.cat(best)
    starts = flat // widths
    return starts, starts + flat % widths, counts


class SpanRepresentation(nn.Module):
    """g = [h_start ; h_end ; φ(width) ; x̂], where x̂ is the sum of the words' inputs x weighted by a
    softmax, over the span, of a linear score of x (Lee et al. 2017, section 4; on the inputs as in the
    original HMTL).

    # Parameters

    input_dim, output_dim : of the level. feature_dim : of φ. max_width : wider spans share the last φ.
    """

    def __init__(self, input_dim: int, output_dim: int, feature_dim: int, max_width: int) -> None:
        super().__init__()
        self.sizes = (output_dim, output_dim, feature_dim, input_dim)
        self.attention = nn.Linear(input_dim, 1, bias=False)
        self.width = nn.Embedding(max_width, feature_dim)

    def forward(self, inputs: Tensor, outputs: Tensor, starts: LongTensor, ends: LongTensor) -> Tensor:
        """The words' `(words, input_dim)` and `(words, output_dim)` to `(spans, sum(sizes))`; spans of
        any width."""
        widths = (ends - starts).clamp(max=self.width.num_embeddings - 1)
        heads = self.heads(inputs, starts, ends)
        return torch.cat([outputs[starts], outputs[ends], self.width(widths), heads], 1)

    def in_blocks(
        self, inputs: Tensor, outputs: Tensor, starts: LongTensor, ends: LongTensor, budget: int
    ) -> Tensor:
        """The same in `budget` bytes beside the result."""

        def compute(first: int, last: int) -> Tensor:
            return self(inputs, outputs, starts[first:last], ends[first:last])

        widest = int((ends - starts).max()) + 1 if len(starts) else 1
        return in_blocks(compute, len(starts), 4 * (2 * sum(self.sizes) + widest * self.sizes[-1]), budget)

    def heads(self, inputs: Tensor, starts: LongTensor, ends: LongTensor) -> Tensor:
        """x̂ of each span, `(spans, input_dim)`."""
        # (words)
        logits = self.attention(inputs).squeeze(1)
        offsets = torch.arange(int((ends - starts).max()) + 1 if len(starts) else 1, device=inputs.device)
        # (spans, widest)
        inside = starts.unsqueeze(1) + offsets <= ends.unsqueeze(1)
        words = (starts.unsqueeze(1) + offsets).clamp(max=len(inputs) - 1)
        weights = logits[words].masked_fill(~inside, -math.inf).softmax(1)
        return torch.einsum("sw,swd->sd", weights, inputs[words])


class MentionScorer(nn.Module):
    """s_m = FFNN(g): how likely a span is a mention (Lee et al. 2017, section 4), for given spans or for
    all."""

    def __init__(self, spans: SpanRepresentation, hidden_dim: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.scorer = SpanScorer(spans.sizes, hidden_dim, layers, dropout)

    def forward(self, spans: Tensor) -> Tensor:
        """`(spans, sum(sizes))` to `(spans)`."""
        return self.scorer(spans)

    def grid(self, inputs: Tensor, outputs: Tensor, spans: SpanRepresentation, budget: int) -> Tensor:
        """`(words, max_width)`: the scores of all spans, by first word and width. Where a span leaves the
        document (or its sentence) the number means nothing. The same as representing every span, but
        words are multiplied by the first layer before they meet in spans. `budget` : bytes."""
        start, end, width, head = self.scorer.parts()
        widths, hidden_dim = spans.width.num_embeddings, len(start)
        # (max_width, hidden_dim)
        sizes = linear(spans.width.weight, width, self.scorer.first.bias)

        def compute(first: int, last: int) -> Tensor:
            own, reach = slice(first, last), slice(first, last + widths - 1)
            # (block + max_width − 1, …): room for the spans of the last words
            missing = max(0, last + widths - 1 - len(inputs))
            inside, behind = (pad(x[reach], (0, 0, 0, missing)) for x in (inputs, outputs))
            # (block, max_width, hidden_dim)
            hidden = linear(outputs[own], start).unsqueeze(1) + sizes
            hidden.add_(windows(linear(behind, end), widths))
            attention = prefix_softmax(spans.attention(inside).squeeze(1).unfold(0, widths, 1))
            return self.scorer.finish(hidden.baddbmm_(attention, windows(linear(inside, head), widths)))

        return in_blocks(compute, len(inputs), TENSORS * 4 * widths * hidden_dim, budget)


def windows(words: Tensor, width: int) -> Tensor:
    """`(words + width − 1, dim)` to `(words, width, dim)`: each word and those after it."""
    return words.unfold(0, width, 1).transpose(1, 2)


def prefix_softmax(logits: Tensor) -> Tensor:
    """`(words, width)` to `(words, width, width)`: in row w the softmax of the first w + 1 logits, then
    zeros."""
    width = logits.shape[1]
    later = torch.ones(width, width, dtype=torch.bool, device=logits.device).triu(1)
    # of so few numbers each, torch's own softmax takes four times as long
    shifted = logits.unsqueeze(1) - logits.detach().cummax(1).values.unsqueeze(2)
    weights = shifted.masked_fill(later, -math.inf).exp()
    return weights / weights.sum(2, keepdim=True)
