"""Results in blocks equal results at once, in value and gradient."""

import pytest
import torch

from hmtl.heads.blocks import in_blocks


@pytest.mark.parametrize(("budget", "calls"), [(100, 1), (56, 1), (55, 2), (24, 3), (8, 7), (0, 7)])
@pytest.mark.parametrize("training", [True, False])
def test_blocks(budget: int, calls: int, training: bool) -> None:
    x = torch.randn(7, 3, dtype=torch.double, requires_grad=True)
    seen = []

    def compute(first: int, last: int) -> torch.Tensor:
        seen.append((first, last))
        return (x[first:last].exp() * x.sum()).sum(1)

    with torch.set_grad_enabled(training):
        result = in_blocks(compute, rows=7, row_bytes=8, budget=budget)
    assert len(seen) == calls
    assert [row for first, last in seen for row in range(first, last)] == list(range(7))
    expected = (x.exp() * x.sum()).sum(1)
    torch.testing.assert_close(result, expected)
    assert result.requires_grad == training
    if training:
        weights = torch.arange(7.0, dtype=torch.double)
        mine, theirs = (torch.autograd.grad((r * weights).sum(), x)[0] for r in (result, expected))
        torch.testing.assert_close(mine, theirs)


def test_nothing_to_compute() -> None:
    assert in_blocks(lambda first, last: torch.zeros(last - first, 2), 0, 8, 8).shape == (0, 2)


def test_dropout_of_a_block_is_the_same_when_it_is_computed_again() -> None:
    x = torch.ones(1000, requires_grad=True)
    compute = lambda first, last: torch.nn.functional.dropout(x[first:last], 0.5)  # noqa: E731
    result = in_blocks(compute, 1000, 1, 10)
    result.sum().backward()
    assert torch.equal(x.grad, result)
