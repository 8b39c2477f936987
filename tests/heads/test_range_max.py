import pytest
import torch

from hmtl.heads.range_max import range_max


@pytest.mark.parametrize("words", [1, 2, 7, 8, 33])
def test_is_the_maximum_of_each_range(words):
    values = torch.randn(words, 3)
    starts, ends = torch.cartesian_prod(torch.arange(words), torch.arange(words)).unbind(1)
    found = range_max(values, starts, ends)
    for start, end, maximum in zip(starts.tolist(), ends.tolist(), found, strict=True):
        wanted = values[start : end + 1].amax(0) if start <= end else torch.zeros(3)
        assert torch.equal(maximum, wanted)


def test_gradients_are_those_of_a_loop():
    values = torch.randn(9, 2, dtype=torch.double, requires_grad=True)
    starts, ends = torch.tensor([0, 3, 2, 5, 8, 4]), torch.tensor([8, 3, 6, 4, 8, 3])
    weights = torch.randn(6, 2, dtype=torch.double)
    found = (weights * range_max(values, starts, ends)).sum()
    ranges = [(w, s, e) for w, s, e in zip(weights, starts.tolist(), ends.tolist(), strict=True) if s <= e]
    wanted = sum((w * values[s : e + 1].amax(0)).sum() for w, s, e in ranges)
    assert torch.allclose(*(torch.autograd.grad(total, values)[0] for total in (found, wanted)))


def test_empty_ranges_may_stand_outside():
    values = torch.randn(4, 2)
    assert not range_max(values, torch.tensor([4, 0]), torch.tensor([3, -1])).any()
    assert range_max(values, torch.empty(0, dtype=torch.long), torch.empty(0, dtype=torch.long)).shape == (
        0,
        2,
    )
