"""Scores of ordered pairs of spans."""

import torch
from allennlp.nn.util import bucket_values
from torch import LongTensor, Tensor

from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.range_max import range_max
from hmtl.heads.span_candidates import SpanCandidates

BUCKETS = 10
"""0, 1, 2, 3, 4, 5-7, 8-15, 16-31, 32-63, 64+, as for the distances of Lee et al. (2017)."""


class SpanPairScorer(torch.nn.Module):
    """A span is g = [h_start ; h_end ; width ; type], with embeddings of its bucketed width and of its type.
    To what `PairScorer` puts into its ReLU two terms are added: the maximum of C h_t over the words t between
    the spans (the local context of Eberts and Ulges 2020, "Span-based Joint Entity and Relation Extraction
    with Transformer Pre-training"), and an embedding of how many these words are, bucketed, and of which span
    comes first.

    # Parameters

    scorer : for vectors g of width `2 * (output_dim + feature_dim)`.
    output_dim : width of h. feature_dim : width of each embedding in g. types : how many types of spans are
    known.
    """

    def __init__(self, scorer: PairScorer, output_dim: int, feature_dim: int, types: int) -> None:
        super().__init__()
        self.scorer = scorer
        hidden_dim = scorer.output.in_features
        self.span_width = torch.nn.Embedding(BUCKETS, feature_dim)
        self.span_type = torch.nn.Embedding(1 + types, feature_dim)
        self.context = torch.nn.Linear(output_dim, hidden_dim, bias=False)  # C
        self.distance = torch.nn.Embedding(2 * BUCKETS, hidden_dim)

    def forward(self, words: Tensor, spans: SpanCandidates, pairs: LongTensor) -> Tensor:
        """Scores `(pairs, labels)` of `(pairs, 2)` numbers of spans, from the words of the batch, `(words,
        output_dim)`."""
        widths = self.span_width(bucket_values(spans.ends - spans.starts))
        # (spans, 2 * (output_dim + feature_dim))
        vectors = torch.cat([words[spans.starts], words[spans.ends], widths, self.span_type(spans.types)], 1)
        heads, tails = pairs.unbind(1)
        between = self._between(words, spans, heads, tails)
        return self.scorer(self.scorer.as_head(vectors)[heads] + between, self.scorer.as_tail(vectors)[tails])

    def _between(self, words: Tensor, spans: SpanCandidates, heads: LongTensor, tails: LongTensor) -> Tensor:
        """`(pairs, hidden)`: what stands between two spans, how many words, and which span comes first."""
        first = torch.minimum(spans.ends[heads], spans.ends[tails]) + 1
        last = torch.maximum(spans.starts[heads], spans.starts[tails]) - 1
        distances = bucket_values((last - first + 1).clamp(min=0)) + BUCKETS * (tails > heads)
        return range_max(self.context(words), first, last) + self.distance(distances)
