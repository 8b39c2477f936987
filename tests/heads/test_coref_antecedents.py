"""Antecedents: selection against sorting, scores against explicit pairs, features against their names."""

import pytest
import torch
from coref_oracle import bucket, feed_forward

from hmtl.heads import coref_products
from hmtl.heads.coref_antecedents import AntecedentScorer
from hmtl.heads.coref_products import PairProducts

DIM = 4


def build(**changes: object) -> AntecedentScorer:
    arguments = {"max_antecedents": 3, "antecedent_window": None, "speakers": False, "genres": 0, **changes}
    scorer = AntecedentScorer(DIM, 2, hidden_dim=5, layers=2, dropout=0.4, **arguments)
    return scorer.double().eval()


@pytest.mark.parametrize("most", [1, 3, 40])
@pytest.mark.parametrize("window", [None, 1, 4, 100])
@pytest.mark.parametrize("budget", [2**20, 300, 1])
def test_selection(most: int, window: int | None, budget: int) -> None:
    spans, mentions = torch.randn(12, DIM).double(), torch.randn(12).double()
    scorer = build(max_antecedents=most, antecedent_window=window)
    antecedents, scores = scorer(spans, mentions, None, None, budget)
    for i in range(12):
        earlier = range(max(0, i - (window or 12)), i)
        rank = lambda j, i=i: -(mentions[j] + spans[i] @ scorer.coarse.weight.T @ spans[j]).item()  # noqa: E731
        chosen = antecedents[i, scores[i].isfinite()].tolist()
        assert chosen == sorted(earlier, key=rank)[:most]


@pytest.mark.parametrize("speakers", [True, False])
@pytest.mark.parametrize("genres", [0, 3])
def test_scores(speakers: bool, genres: int) -> None:
    spans, mentions = torch.randn(8, DIM).double(), torch.randn(8).double()
    voices = torch.tensor([0, 1, -1, 0, 0, 1, 2, -1])
    scorer = build(speakers=speakers, genres=genres)
    extra = voices if speakers else None, torch.tensor(2) if genres else None
    antecedents, scores = scorer(spans, mentions, *extra, 2**20)
    for i, k in scores.isfinite().nonzero().tolist():
        j = antecedents[i, k].item()
        features = [scorer.features[0].weight[bucket(i - j)]]
        if speakers:
            known = voices[i] >= 0 and voices[j] >= 0
            features.append(scorer.features[1].weight[1 + (voices[i] == voices[j]).long() if known else 0])
        if genres:
            features.append(scorer.features[-1].weight[2])
        pair = torch.cat([spans[i], spans[j], spans[i] * spans[j], *features])
        coarse = spans[i] @ scorer.coarse.weight.T @ spans[j]
        expected = mentions[i] + mentions[j] + coarse + feed_forward(scorer.scorer, pair)
        torch.testing.assert_close(scores[i, k], expected)


def test_distance_buckets() -> None:
    scorer = build()
    rows = 200
    antecedents = torch.arange(rows).unsqueeze(0).expand(rows, -1)
    (buckets,) = scorer.values(0, antecedents, None, None)
    for i in (0, 1, 7, 50, 199):
        assert buckets[i, :i].tolist() == [bucket(i - j) for j in range(i)]
    assert buckets.max() == 9


@pytest.mark.parametrize("block", [1, 2**20])
def test_products(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """Against the tensor of all pairs; gradients numerically."""
    monkeypatch.setattr(coref_products, "BLOCK", block)
    tensors = [torch.randn(n, DIM, dtype=torch.double, requires_grad=True) for n in (5, 5, 7, 3)]
    index = torch.randint(7, (5, 2))
    spans, queries, others, weight = tensors
    hidden, affinity = PairProducts.apply(*tensors, index)
    chosen = others[index]
    torch.testing.assert_close(hidden, (spans.unsqueeze(1) * chosen) @ weight.t())
    torch.testing.assert_close(affinity, (queries.unsqueeze(1) * chosen).sum(2))
    assert torch.autograd.gradcheck(lambda *t: PairProducts.apply(*t, index), tensors)
