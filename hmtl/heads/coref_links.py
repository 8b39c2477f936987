"""Between links and clusters: gold clusters as antecedents to learn, predicted antecedents as clusters."""

import torch
from torch import BoolTensor, LongTensor, Tensor

from hmtl.documents import Cluster


def antecedent_loss(scores: Tensor, antecedents: LongTensor, clusters: LongTensor) -> Tensor:
    """−Σᵢ log Σ_{j ∈ gold(i)} P(j | i), the marginal likelihood of all gold antecedents (Lee et al. 2017,
    equation 8).

    P is a softmax over the antecedents' scores and a dummy's 0. The dummy is right for a span that is in
    no gold cluster or whose gold antecedents are not among those scored.

    # Parameters

    scores, antecedents : `(spans, k)`; −∞ where there is no antecedent.
    clusters : `(spans)`, the gold cluster of each, from 1; 0 is none.
    """
    # (spans, k)
    gold = (clusters[antecedents] == clusters.unsqueeze(1)) & (clusters > 0).unsqueeze(1) & scores.isfinite()
    # (spans, 1 + k)
    gold = torch.cat([~gold.any(1, keepdim=True), gold], 1)
    scores = with_dummy(scores)
    return (scores.logsumexp(1) - scores.masked_fill(~gold, -torch.inf).logsumexp(1)).sum()


def with_dummy(scores: Tensor) -> Tensor:
    """`(spans, k)` to `(spans, 1 + k)`: the dummy antecedent, "new entity or no mention", scores 0."""
    return torch.cat([scores.new_zeros(len(scores), 1), scores], 1)


def link(scores: Tensor, antecedents: LongTensor) -> LongTensor:
    """`(spans, k)` twice to `(spans)`: where each span's chain of best antecedents begins, itself if it
    has none."""
    own = torch.arange(len(scores), device=scores.device).unsqueeze(1)
    best = with_dummy(scores).argmax(1, keepdim=True)
    roots = torch.cat([own, antecedents], 1).gather(1, best).squeeze(1)
    # antecedents come earlier, so every chain ends; doubling the step takes log₂ of the longest
    while not torch.equal(further := roots[roots], roots):
        roots = further
    return roots


def clusters_of(
    starts: LongTensor, ends: LongTensor, roots: LongTensor, alone: BoolTensor
) -> tuple[Cluster, ...]:
    """Spans that share a root, as clusters. A span without company is one only where `alone` says so; all
    `(spans)`."""
    sizes = roots.bincount(minlength=len(roots))
    kept = (sizes[roots] > 1) | alone
    groups: dict[int, list[tuple[int, int]]] = {}
    for root, start, end in torch.stack([roots, starts, ends], 1)[kept].tolist():
        groups.setdefault(root, []).append((start, end))
    return tuple(tuple(group) for group in groups.values())
