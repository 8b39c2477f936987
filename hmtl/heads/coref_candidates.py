"""The candidates of a batch: what lies between scoring, loss and decoding."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import torch
from torch import BoolTensor, LongTensor, Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from hmtl.documents import Cluster
from hmtl.heads.coref_links import antecedent_loss, clusters_of, link

Bounds = tuple[int, int]


@dataclass(frozen=True)
class Candidates:
    """The spans of some documents that may be mentions, in order, and what they may refer to. Words and spans
    are counted through all documents.

    starts, ends, mention_scores : `(spans)`.
    antecedents, scores : `(spans, k)`, earlier spans and s(i, j), −∞ where there are fewer than k.
    grid, valid : `(words, max_span_width)`, s_m of all spans by first word and width, and which of them
        exist.
    lengths, counts : words and spans of each document.
    """

    starts: LongTensor
    ends: LongTensor
    mention_scores: Tensor
    antecedents: LongTensor
    scores: Tensor
    grid: Tensor
    valid: BoolTensor
    lengths: list[int]
    counts: list[int]

    @property
    def spans(self) -> list[list[Bounds]]:
        """First and last word of each, by document, in words of its own."""
        bounds = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [
            [(start - offset, end - offset) for start, end in islice(bounds, count)]
            for offset, count in zip(offsets(self.lengths), self.counts, strict=True)
        ]

    def gold(self, mentions: Sequence[Sequence[Bounds]]) -> Tensor:
        """Which spans of the grid are mentions of their document: 1 or 0, `(words, max_span_width)`. Mentions
        that are no span of the grid, too wide or across sentences, are not there."""
        gold = torch.zeros_like(self.grid)
        spans = throughout(self.lengths, mentions)
        near = [(start, end - start) for start, end in spans if end - start < gold.shape[1]]
        rows, columns = torch.tensor(near, dtype=torch.long, device=gold.device).reshape(-1, 2).unbind(1)
        gold[rows, columns] = 1.0
        return gold * self.valid

    def link_loss(self, clusters: Sequence[Sequence[Cluster]]) -> Tensor:
        """Of the antecedents, given the gold clusters of each document."""
        homes: list[int] = []
        for spans, own in zip(self.spans, clusters, strict=True):
            # clusters of different documents may share a number: no antecedent is in another document
            home = {span: number for number, cluster in enumerate(own, 1) for span in cluster}
            homes += [home.get(span, 0) for span in spans]
        return antecedent_loss(self.scores, self.antecedents, self.starts.new_tensor(homes))

    def mention_loss(self, gold: Tensor) -> Tensor:
        """Binary cross entropy of the mention scores, summed over all spans that exist."""
        return binary_cross_entropy_with_logits(self.grid[self.valid], gold[self.valid], reduction="sum")

    def clusters(self, singletons: bool) -> list[tuple[Cluster, ...]]:
        """Of each document, spans linked to their best antecedents; with `singletons` also those alone that
        look like mentions."""
        roots = link(self.scores, self.antecedents)
        alone = (self.mention_scores > 0) & singletons
        begins = offsets(self.lengths)
        found: list[list[Cluster]] = [[] for _ in begins]
        for cluster in clusters_of(self.starts, self.ends, roots, alone):
            number = bisect_right(begins, cluster[0][0]) - 1
            found[number].append(
                tuple((start - begins[number], end - begins[number]) for start, end in cluster)
            )
        return [tuple(own) for own in found]


def offsets(lengths: list[int]) -> list[int]:
    """Where each of some stretches begins when they are laid end to end."""
    return list(accumulate(lengths[:-1], initial=0))


def throughout(lengths: list[int], spans: Iterable[Iterable[Bounds]]) -> list[Bounds]:
    """The spans of each document, in words of its own, in words counted through all documents."""
    begins = zip(offsets(lengths), spans, strict=True)
    return [(begin + start, begin + end) for begin, own in begins for start, end in own]
