"""The candidates of one document: what lies between scoring, loss and decoding."""

from dataclasses import dataclass

import torch
from torch import BoolTensor, LongTensor, Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from hmtl.documents import Cluster
from hmtl.heads.coref_links import antecedent_loss, clusters_of, link

Bounds = tuple[int, int]


@dataclass(frozen=True)
class Candidates:
    """The spans of a document that may be mentions, in order, and what they may refer to.

    starts, ends, mention_scores : `(spans)`.
    antecedents, scores : `(spans, k)`, earlier spans and s(i, j), −∞ where there are fewer than k.
    grid, valid : `(words, max_span_width)`, s_m of all spans by first word and width, and which of them
        exist.
    """

    starts: LongTensor
    ends: LongTensor
    mention_scores: Tensor
    antecedents: LongTensor
    scores: Tensor
    grid: Tensor
    valid: BoolTensor

    @property
    def spans(self) -> list[Bounds]:
        """First and last word of each."""
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))

    def gold(self, mentions: list[Bounds]) -> Tensor:
        """Which spans of the grid are mentions: 1 or 0, `(words, max_span_width)`. Mentions that are no
        span of the grid, too wide or across sentences, are not there."""
        gold = torch.zeros_like(self.grid)
        near = [(start, end - start) for start, end in mentions if end - start < gold.shape[1]]
        rows, columns = self.starts.new_tensor(near).reshape(-1, 2).unbind(1)
        gold[rows, columns] = 1.0
        return gold * self.valid

    def link_loss(self, clusters: tuple[Cluster, ...]) -> Tensor:
        """Of the antecedents, given the gold clusters."""
        home = {span: number for number, cluster in enumerate(clusters, 1) for span in cluster}
        numbers = self.starts.new_tensor([home.get(span, 0) for span in self.spans])
        return antecedent_loss(self.scores, self.antecedents, numbers)

    def mention_loss(self, gold: Tensor) -> Tensor:
        """Binary cross entropy of the mention scores, summed over all spans that exist."""
        return binary_cross_entropy_with_logits(self.grid[self.valid], gold[self.valid], reduction="sum")

    def clusters(self, singletons: bool) -> tuple[Cluster, ...]:
        """Spans linked to their best antecedents; with `singletons` also those alone that look like
        mentions."""
        roots = link(self.scores, self.antecedents)
        alone = (self.mention_scores > 0) & singletons
        return clusters_of(self.starts, self.ends, roots, alone)
