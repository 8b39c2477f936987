"""Which earlier span each span refers to (Lee et al. 2018, "Higher-order Coreference Resolution with
Coarse-to-fine Inference")."""

import math

import torch
from torch import LongTensor, Tensor, nn
from torch.nn.functional import embedding, linear

from hmtl.heads.blocks import in_blocks
from hmtl.heads.coref_products import PairProducts
from hmtl.heads.coref_scorer import SpanScorer
from hmtl.heads.coref_selection import best_by_coarse, nearest
from hmtl.heads.coref_spans import TENSORS

DISTANCES = (1, 2, 3, 4, 5, 8, 16, 32, 64)
"""Where the buckets 1, 2, 3, 4, 5–7, 8–15, 16–31, 32–63 and 64+ begin; bucket 0 is before the first."""


class AntecedentScorer(nn.Module):
    """s(i, j) = s_m(i) + s_m(j) + s_c(i, j) + s_a(i, j) for the antecedents j of i that the coarse score
    leaves.

    s_c(i, j) = g_iᵀ W g_j (Lee et al. 2018, equation 9) is cheap; with s_m it selects the antecedents. Where
    `max_antecedents` holds the whole window there is nothing to select, and no s_c.
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
        selects = antecedent_window is None or max_antecedents < antecedent_window
        self.coarse = nn.Linear(span_dim, span_dim, bias=False) if selects else None
        sizes = [len(DISTANCES) + 1, *([3] if speakers else []), *([genres] if genres else [])]
        self.features = nn.ModuleList(nn.Embedding(size, feature_dim) for size in sizes)
        parts = (span_dim, span_dim, span_dim, *[feature_dim] * len(sizes))
        self.scorer = SpanScorer(parts, hidden_dim, layers, dropout)

    def _select(
        self, spans: Tensor, mention_scores: Tensor, begins: LongTensor, k: int, budget: int
    ) -> tuple[LongTensor, Tensor | None]:
        """Antecedents, and s_c where there is one: `(spans, k)` both."""
        if self.coarse is None:
            return nearest(len(spans), k, spans.device), None
        if k == 0:
            none = torch.empty(len(spans), 0, dtype=torch.long, device=spans.device)
            return none, self.coarse(spans)[:, :0]
        return best_by_coarse(self.coarse, spans, mention_scores, begins, k, self.antecedent_window, budget)

    def _kept(self, counts: list[int]) -> int:
        """k: how many antecedents any span may have."""
        longest = max(counts)
        return max(0, min(self.max_antecedents, self.antecedent_window or longest, longest - 1))

    def forward(
        self,
        spans: Tensor,
        mention_scores: Tensor,
        counts: list[int],
        speakers: LongTensor | None,
        genres: LongTensor | None,
        budget: int,
    ) -> tuple[LongTensor, Tensor]:
        """The antecedents of each span and s(i, j), −∞ where there are fewer than k: `(spans, k)` both.

        `spans` : g, `(spans, span_dim)`, in order of appearance, document after document. `mention_scores` :
        s_m, `(spans)`. `counts` : spans of each document. `speakers` : `(spans)`, −1 where unknown.
        `genres` : `(spans)`. `budget` : bytes.
        """
        anaphor, antecedent, product, *features = self.scorer.parts()
        begins, k = _begins(counts), self._kept(counts)
        antecedents, coarse = self._select(spans, mention_scores, begins, k, budget)
        # (spans): what is real is known without a look at the scores, which may be on a device
        real = (torch.arange(len(spans)) - begins).clamp(max=k)
        missing = (torch.arange(k) >= real.unsqueeze(1)).to(spans.device)
        antecedents = antecedents.masked_fill(missing, 0)
        # (spans, hidden_dim)
        first = linear(spans, anaphor, self.scorer.first.bias)
        second = linear(spans, antecedent)
        # (features' values, hidden_dim) each
        tables = [linear(e.weight, w) for e, w in zip(self.features, features, strict=True)]

        def compute(start: int, stop: int) -> Tensor:
            # (pairs,): span i and slot of its antecedent j
            i, slots = _slots(real[start:stop], spans.device)
            j = antecedents[start:stop][i, slots]
            i += start
            hidden = PairProducts.apply(spans, product, i, j)
            hidden.add_(embedding(i, first)).add_(embedding(j, second))
            for table, values in zip(tables, self.values(i, j, speakers, genres), strict=True):
                hidden.add_(embedding(values, table))
            scores = mention_scores[i] + mention_scores[j] + self.scorer.finish(hidden)
            if coarse is not None:
                scores = scores + coarse[i, slots]
            return spans.new_full((stop - start, k), -math.inf).index_put((i - start, slots), scores)

        return antecedents, in_blocks(compute, len(spans), TENSORS * 4 * k * first.shape[1], budget)

    def values(
        self, i: LongTensor, j: LongTensor, speakers: LongTensor | None, genres: LongTensor | None
    ) -> list[LongTensor]:
        """The value of each feature for pairs of spans, `(pairs)` each."""
        begins = torch.tensor(DISTANCES, device=i.device)
        values = [torch.bucketize(i - j, begins, right=True)]
        if speakers is not None:
            mine, theirs = speakers[i], speakers[j]
            # 0 unknown, 1 different, 2 same
            values.append(((mine == theirs).long() + 1) * ((mine >= 0) & (theirs >= 0)))
        if genres is not None:
            values.append(genres[i])
        return values


def _begins(counts: list[int]) -> LongTensor:
    """`(spans)`: the first span of each one's document."""
    sizes = torch.tensor(counts)
    return (sizes.cumsum(0) - sizes).repeat_interleave(sizes)


def _slots(real: LongTensor, device: torch.device) -> tuple[LongTensor, LongTensor]:
    """The first `real`, `(rows)`, columns of each row as row and column of each, `(their sum)` both."""
    rows = torch.arange(len(real)).repeat_interleave(real)
    columns = torch.arange(len(rows)) - (real.cumsum(0) - real)[rows]
    return rows.to(device), columns.to(device)
