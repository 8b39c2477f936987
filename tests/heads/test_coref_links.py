"""Losses and clusters from links, against loops."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hmtl.heads.coref_links import antecedent_loss, clusters_of, link

# three spans of cluster 1, one outside any, two of cluster 2, whose second lost its antecedent to pruning
CLUSTERS = [1, 0, 1, 2, 1, 2]
ANTECEDENTS = [[0, 0], [0, 0], [1, 0], [2, 1], [2, 0], [4, 1]]
REAL = [0, 1, 2, 2, 2, 2]


def pairs() -> tuple[torch.Tensor, torch.Tensor]:
    scores = torch.randn(6, 2, dtype=torch.double)
    for row, count in enumerate(REAL):
        scores[row, count:] = -math.inf
    return scores.requires_grad_(), torch.tensor(ANTECEDENTS)


def test_marginal_likelihood() -> None:
    scores, antecedents = pairs()
    total = torch.zeros((), dtype=torch.double)
    for i in range(6):
        exps = {ANTECEDENTS[i][k]: scores[i, k].exp() for k in range(REAL[i])}
        gold = [j for j in exps if CLUSTERS[i] and CLUSTERS[j] == CLUSTERS[i]]
        right = sum(exps[j] for j in gold) if gold else 1.0
        total = total - torch.log(torch.as_tensor(right / (1 + sum(exps.values()))))
    loss = antecedent_loss(scores, antecedents, torch.tensor(CLUSTERS))
    assert loss.item() == pytest.approx(total.item())
    mine, theirs = torch.autograd.grad(loss, scores)[0], torch.autograd.grad(total, scores)[0]
    torch.testing.assert_close(mine, theirs)


def test_loss_of_certain_scores() -> None:
    """All mass on what is gold costs nothing; a thousand the wrong way costs a thousand."""
    scores, antecedents = torch.tensor([[-math.inf], [1000.0], [-1000.0]]), torch.tensor([[0], [0], [0]])
    assert antecedent_loss(scores, antecedents, torch.tensor([1, 1, 0])).item() == 0
    assert antecedent_loss(scores, antecedents, torch.tensor([1, 1, 1])).item() == 1000
    assert antecedent_loss(scores, antecedents, torch.tensor([1, 0, 0])).item() == 1000


@given(st.lists(st.integers(0, 10**6), max_size=40), st.sets(st.integers(0, 39)))
def test_clusters_are_the_components_of_the_links(draws: list[int], alone: set[int]) -> None:
    """Span i links to any earlier span or to none."""
    count = len(draws)
    targets = [draw % (i + 1) for i, draw in enumerate(draws)]
    scores = torch.tensor([[1.0 if target < i else -1.0] for i, target in enumerate(targets)]).reshape(
        count, 1
    )
    roots = link(scores, torch.tensor(targets, dtype=torch.long).reshape(count, 1))
    groups = [{i} for i in range(count)]
    for i, target in enumerate(targets):
        mine, theirs = (next(g for g in groups if x in g) for x in (i, target))
        if mine is not theirs:
            groups.remove(mine)
            theirs |= mine
    starts = torch.arange(count) * 3
    flags = torch.tensor([i in alone for i in range(count)], dtype=torch.bool)
    clusters = clusters_of(starts, starts + 1, roots, flags)
    expected = [
        sorted((3 * i, 3 * i + 1) for i in group) for group in groups if len(group) > 1 or group <= alone
    ]
    assert sorted(map(list, clusters)) == sorted(expected)


def test_best_of_several_antecedents_wins_and_the_dummy_scores_nothing() -> None:
    scores = torch.tensor([[-math.inf] * 2, [0.1, -math.inf], [0.2, 0.3], [-0.1, -0.2]])
    assert link(scores, torch.tensor([[0, 0], [0, 0], [0, 1], [2, 1]])).tolist() == [0, 0, 0, 3]
