"""As torch's, but for how it draws."""

import math

import pytest
import torch

from hmtl.dropout import Dropout, dropout


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.9])
def test_each_element_is_dropped_as_often_as_it_should(p: float) -> None:
    count = 400_000
    dropped = (dropout(torch.ones(count), p, True) == 0).sum().item()
    # 5 standard deviations
    assert abs(dropped - p * count) < 5 * math.sqrt(count * p * (1 - p))


def test_elements_are_dropped_independently() -> None:
    """Also the four that one draw decides."""
    kept = (dropout(torch.ones(400_000), 0.5, True) > 0).float().view(-1, 8)
    assert (torch.corrcoef(kept.t()) - torch.eye(8)).abs().max() < 5 / math.sqrt(len(kept))


def test_what_is_kept_is_scaled_so_that_the_mean_stays() -> None:
    values = torch.randn(7, 5, 3)
    left = dropout(values, 0.25, True)
    torch.testing.assert_close(left[left != 0], (values / 0.75)[left != 0])


def test_gradient_is_that_of_the_elements_kept() -> None:
    values = torch.randn(6, 7, dtype=torch.double, requires_grad=True)

    def seeded(x: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(3)
        return dropout(x, 0.3, True)

    assert torch.autograd.gradcheck(seeded, (values,))


def test_one_seed_drops_the_same() -> None:
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append(dropout(torch.ones(99), 0.5, True))
    assert torch.equal(*drawn)
    assert not torch.equal(drawn[0], dropout(torch.ones(99), 0.5, True))


@pytest.mark.parametrize(("p", "training"), [(0.5, False), (0.0, True)])
def test_nothing_is_dropped(p: float, training: bool) -> None:
    layer = Dropout(p).train(training)
    values = torch.randn(3, 4)
    assert torch.equal(layer(values), values)


def test_all_is_dropped() -> None:
    assert not dropout(torch.ones(3), 1.0, True).any()


def test_nothing_in_nothing_out() -> None:
    assert dropout(torch.ones(0, 3), 0.5, True).shape == (0, 3)
