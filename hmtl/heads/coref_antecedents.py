"""Which earlier span each span refers to (Lee et al. 2018, "Higher-order Coreference Resolution with
Coarse-to-fine Inference")."""

import math

import torch
from torch import BoolTensor, LongTensor, Tensor, nn
from torch.nn.functional import embedding, linear

from hmtl.heads.blocks import in_blocks
from hmtl.heads.coref_products import PairProducts
from hmtl.heads.coref_scorer import SpanScorer
from hmtl.heads.coref_spans import TENSORS

DISTANCES = (1, 2, 3, 4, 5, 8, 16, 32, 64)
"""Where the buckets 1, 2, 3, 4, 5–7, 8–15, 16–31, 32–63 and 64+ begin; bucket 0 is before the first."""


class AntecedentScorer(nn.Module):
    """s(i, j) = s_m(i) + s_m(j) + s_c(i, j) + s_a(i, j) for the antecedents j of i that the coarse score
    leaves.

    s_c(i, j) = g_iᵀ W g_j (Lee et al. 2018, equation 9) is cheap; with s_m it selects the antecedents.
    s_a(i, j) = FFNN([g_i ; g_j ; g_i ∘ g_j ; φ(i, j)]) (Lee et al. 2017, section 4) scores those. φ
    embeds in buckets how many candidates back j is, and if wanted whether the speaker is the same, and
    the genre.

    # Parameters

    span_dim : of g. feature_dim : of each part of φ. hidden_dim, layers, dropout : of the FFNN.
    max_antecedents : kept for each span.
    antecedent_window : how many candidates back to look; `None` is all the way.
    speakers : whether φ tells same from different (or unknown) speaker. genres : how many, 0 for a φ
        without.
    """

    def __init__(
        self,
        span_dim: int,
        feature_dim: int,
        hidden_dim: int,
        layers: int,
        dropout: float,
        max_antecedents: int,
        antecedent_window: int | None,
        speakers: bool,
        genres: int,
    ) -> None:
        super().__init__()
        self.max_antecedents, self.antecedent_window = max_antecedents, antecedent_window
        self.coarse = nn.Linear(span_dim, span_dim, bias=False)
        sizes = [len(DISTANCES) + 1, *([3] if speakers else []), *([genres] if genres else [])]
        self.features = nn.ModuleList(nn.Embedding(size, feature_dim) for size in sizes)
        parts = (span_dim, span_dim, span_dim, *[feature_dim] * len(sizes))
        self.scorer = SpanScorer(parts, hidden_dim, layers, dropout)

    @torch.no_grad()
    def select(
        self, spans: Tensor, queries: Tensor, mention_scores: Tensor, budget: int
    ) -> tuple[LongTensor, BoolTensor]:
        """The best antecedents of each span by s_m + s_c, `(spans, k)`, and which of them are real: the
        first spans have fewer than k before them. A block of spans at a time is compared with all that
        come earlier, so memory is linear in the text; time is quadratic unless there is a window.
        `queries` : g_iᵀ W. `budget` : bytes."""
        count = len(spans)
        window = min(self.antecedent_window or count, count)
        k = max(0, min(self.max_antecedents, window, count - 1))

        def compute(first: int, last: int) -> LongTensor:
            origin = max(0, first - window)
            rows = torch.arange(first, last, device=spans.device).unsqueeze(1)
            columns = torch.arange(origin, max(last - 1, origin + k), device=spans.device)
            # (block, columns)
            scores = torch.addmm(mention_scores[columns], queries[first:last], spans[columns].t())
            scores.masked_fill_((columns >= rows) | (columns < rows - window), -math.inf)
            return scores.topk(k).indices + origin

        antecedents = in_blocks(compute, count, 3 * 4 * count, budget)
        rows = torch.arange(count, device=spans.device).unsqueeze(1)
        real = (antecedents < rows) & (antecedents >= rows - window)
        return antecedents.masked_fill(~real, 0), real

    def forward(
        self,
        spans: Tensor,
        mention_scores: Tensor,
        speakers: LongTensor | None,
        genre: LongTensor | None,
        budget: int,
    ) -> tuple[LongTensor, Tensor]:
        """The antecedents of each span and s(i, j), −∞ where there are fewer than k: `(spans, k)` both.

        `spans` : g, `(spans, span_dim)`, in order of appearance. `mention_scores` : s_m, `(spans)`.
        `speakers` : `(spans)`, −1 where unknown. `genre` : a scalar. `budget` : bytes.
        """
        anaphor, antecedent, product, *features = self.scorer.parts()
        queries = self.coarse(spans)
        antecedents, real = self.select(spans, queries, mention_scores, budget)
        # (spans, hidden_dim)
        first = linear(spans, anaphor, self.scorer.first.bias)
        second = linear(spans, antecedent)
        # (features' values, hidden_dim) each
        tables = [linear(e.weight, w) for e, w in zip(self.features, features, strict=True)]

        def compute(start: int, stop: int) -> Tensor:
            rows = slice(start, stop)
            chosen = antecedents[rows]
            # (block, k, hidden_dim), (block, k)
            hidden, coarse = PairProducts.apply(spans[rows], queries[rows], spans, product, chosen)
            hidden = hidden + first[rows].unsqueeze(1) + embedding(chosen, second)
            for table, values in zip(tables, self.values(start, chosen, speakers, genre), strict=True):
                hidden = hidden + embedding(values, table)
            mentions = mention_scores[rows].unsqueeze(1) + mention_scores[chosen]
            return (mentions + coarse + self.scorer.finish(hidden)).masked_fill(~real[rows], -math.inf)

        row_bytes = TENSORS * 4 * antecedents.shape[1] * first.shape[1]
        return antecedents, in_blocks(compute, len(spans), row_bytes, budget)

    def values(
        self, start: int, antecedents: LongTensor, speakers: LongTensor | None, genre: LongTensor | None
    ) -> list[LongTensor]:
        """The value of each feature for the pairs of the spans from `start` on, `(block, k)` each."""
        rows = torch.arange(start, start + len(antecedents), device=antecedents.device).unsqueeze(1)
        begins = torch.tensor(DISTANCES, device=antecedents.device)
        values = [torch.bucketize((rows - antecedents).clamp(min=0), begins, right=True)]
        if speakers is not None:
            mine, theirs = speakers[rows], speakers[antecedents]
            # 0 unknown, 1 different, 2 same
            values.append(((mine == theirs).long() + 1) * ((mine >= 0) & (theirs >= 0)))
        if genre is not None:
            values.append(genre.expand_as(antecedents))
        return values
