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
@pytest.mark.parametrize("counts", [[12], [5, 1, 6], [1, 1, 10]])
def test_selection(most: int, window: int | None, budget: int, counts: list[int]) -> None:
    spans, mentions = torch.randn(12, DIM).double(), torch.randn(12).double()
    scorer = build(max_antecedents=most, antecedent_window=window)
    antecedents, scores = scorer(spans, mentions, counts, None, None, budget)
    begins = [sum(counts[:number]) for number, count in enumerate(counts) for _ in range(count)]
    for i, begin in enumerate(begins):
        earlier = range(max(begin, i - (window or 12)), i)
        chosen = antecedents[i, scores[i].isfinite()].tolist()
        if window and window <= most:
            assert scorer.coarse is None and chosen == list(reversed(earlier))
            continue
        rank = lambda j, i=i: -(mentions[j] + spans[i] @ scorer.coarse.weight.T @ spans[j]).item()  # noqa: E731
        assert chosen == sorted(earlier, key=rank)[:most]


@pytest.mark.parametrize("speakers", [True, False])
@pytest.mark.parametrize("genres", [0, 3])
@pytest.mark.parametrize("counts", [[8], [3, 5]])
@pytest.mark.parametrize("window", [None, 3])
def test_scores(speakers: bool, genres: int, counts: list[int], window: int | None) -> None:
    spans, mentions = torch.randn(8, DIM).double(), torch.randn(8).double()
    voices = torch.tensor([0, 1, -1, 0, 0, 1, 2, -1])
    kinds = torch.tensor([2, 0, 1, 2, 1, 0, 0, 2])
    scorer = build(speakers=speakers, genres=genres, antecedent_window=window)
    extra = voices if speakers else None, kinds if genres else None
    antecedents, scores = scorer(spans, mentions, counts, *extra, 2**20)
    for i, k in scores.isfinite().nonzero().tolist():
        j = antecedents[i, k].item()
        features = [scorer.features[0].weight[bucket(i - j)]]
        if speakers:
            known = voices[i] >= 0 and voices[j] >= 0
            features.append(scorer.features[1].weight[1 + (voices[i] == voices[j]).long() if known else 0])
        if genres:
            features.append(scorer.features[-1].weight[kinds[i]])
        pair = torch.cat([spans[i], spans[j], spans[i] * spans[j], *features])
        coarse = 0.0 if window else spans[i] @ scorer.coarse.weight.T @ spans[j]
        expected = mentions[i] + mentions[j] + coarse + feed_forward(scorer.scorer, pair)
        torch.testing.assert_close(scores[i, k], expected)


def test_gradients_reach_all_that_scores_depend_on() -> None:
    spans = torch.randn(6, DIM, dtype=torch.double, requires_grad=True)
    mentions = torch.randn(6, dtype=torch.double, requires_grad=True)
    scorer = build()

    def compute(*tensors: torch.Tensor) -> torch.Tensor:
        scores = scorer(*tensors, [4, 2], None, None, 2**20)[1]
        return scores[scores.isfinite()]

    assert torch.autograd.gradcheck(compute, (spans, mentions))


def test_distance_buckets() -> None:
    i, j = torch.tensor([(i, j) for i in range(200) for j in range(i)]).unbind(1)
    (buckets,) = build().values(i, j, None, None)
    assert buckets.tolist() == [bucket(d) for d in (i - j).tolist()]
    assert buckets.max() == 9


@pytest.mark.parametrize("block", [1, 2**20])
def test_products(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """Against the tensor of all pairs; gradients numerically."""
    monkeypatch.setattr(coref_products, "BLOCK", block)
    spans, weight = (torch.randn(n, DIM, dtype=torch.double, requires_grad=True) for n in (7, 3))
    i, j = torch.randint(7, (2, 11))
    hidden = PairProducts.apply(spans, weight, i, j)
    torch.testing.assert_close(hidden, (spans[i] * spans[j]) @ weight.t())
    assert torch.autograd.gradcheck(lambda *t: PairProducts.apply(*t, i, j), (spans, weight))


def test_no_pairs() -> None:
    spans, weight = torch.randn(2, DIM, requires_grad=True), torch.randn(3, DIM, requires_grad=True)
    nothing = torch.empty(0, dtype=torch.long)
    PairProducts.apply(spans, weight, nothing, nothing).sum().backward()
    assert not spans.grad.any() and not weight.grad.any()
