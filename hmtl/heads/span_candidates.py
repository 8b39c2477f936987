"""The spans of a batch that may take part in relations, and the pairs of them that stand in one sentence."""

from typing import NamedTuple

import torch
from torch import LongTensor

from hmtl.documents import Document, Span


class SpanCandidates(NamedTuple):
    """Spans within rows, in order of documents and of their words.

    places : the index of its document and the span, of each.
    starts, ends : `(spans,)`, the first and last word of each among the words of the batch.
    types : `(spans,)`, 1 + the index of its label, 0 for a span without a known type.
    pairs : `(pairs, 2)`, all ordered pairs of different spans of a row, sorted.
    """

    places: list[tuple[int, Span]]
    starts: LongTensor
    ends: LongTensor
    types: LongTensor
    pairs: LongTensor

    def pair_numbers(self, pairs: LongTensor) -> LongTensor:
        """`(some,)`, where each of `(some, 2)` pairs stands in `pairs`."""
        keys = self.pairs[:, 0] * len(self.places) + self.pairs[:, 1]
        return torch.searchsorted(keys, pairs[:, 0] * len(self.places) + pairs[:, 1])


def span_candidates(
    documents: list[Document], spans: list[list[Span]], labels: list[str], device: torch.device
) -> SpanCandidates:
    """From the spans of each document, without those that cross a sentence's end. Types not among `labels`
    are unknown."""
    types = {label: number for number, label in enumerate(labels, 1)}
    places, numbers = [], []
    offset = row = 0
    for document, (candidates, tokens) in enumerate(zip(spans, documents, strict=True)):
        sentence = tokens.sentence_of() if candidates else []
        for span in sorted(candidates):
            if sentence[span.start] == sentence[span.end]:
                places.append((document, span))
                bounds = (offset + span.start, offset + span.end)
                numbers.append((*bounds, types.get(span.label, 0), row + sentence[span.start]))
        offset += len(tokens.tokens)
        row += len(tokens.sentences)
    # 4 of (spans,)
    starts, ends, kinds, rows = torch.tensor(numbers, dtype=torch.long, device=device).view(-1, 4).unbind(1)
    return SpanCandidates(places, starts, ends, kinds, _pairs(rows))


def _pairs(rows: LongTensor) -> LongTensor:
    """Pairs of the spans whose rows, `(spans,)` and ascending, are the same."""
    counts = rows.unique_consecutive(return_counts=True)[1]
    # (spans,): how many spans its row holds, and the first of them
    partners = counts.repeat_interleave(counts)
    firsts = (counts.cumsum(0) - counts).repeat_interleave(counts)
    # (pairs and spans with themselves,)
    heads = torch.arange(len(rows), device=rows.device).repeat_interleave(partners)
    earlier = (partners.cumsum(0) - partners).repeat_interleave(partners)
    tails = torch.arange(len(heads), device=rows.device) - earlier + firsts.repeat_interleave(partners)
    return torch.stack([heads, tails], 1)[heads != tails]
