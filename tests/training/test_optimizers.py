"""The fused optimiser against torch's own."""

import io

import pytest
import torch
from allennlp.training.optimizers import AdamOptimizer

from hmtl.training.optimizers import FusedAdam

OPTIONS = [{}, {"weight_decay": 0.1}, {"amsgrad": True}, {"betas": (0.5, 0.7), "eps": 1e-3}]


def named() -> list[tuple[str, torch.nn.Parameter]]:
    torch.manual_seed(5)
    shapes = {"a": (3, 4), "b": (5,), "c": ()}
    return [(name, torch.nn.Parameter(torch.randn(shape).double())) for name, shape in shapes.items()]


def give_gradients(seed: int, *both: list[tuple[str, torch.nn.Parameter]]) -> None:
    """The same to all. Some get none."""
    for parameters in both:
        rng = torch.Generator().manual_seed(seed)
        for _, parameter in parameters:
            gradient = torch.randn(parameter.shape, generator=rng).double()
            parameter.grad = gradient if torch.rand((), generator=rng) < 0.7 else None


@pytest.mark.parametrize("options", OPTIONS)
def test_steps_of_adam(options: dict) -> None:
    ours, theirs = named(), named()
    fused, plain = FusedAdam(ours, lr=0.1, **options), AdamOptimizer(theirs, lr=0.1, **options)
    for seed in range(8):
        give_gradients(seed, ours, theirs)
        fused.step(), plain.step()
        for (_, value), (_, expected) in zip(ours, theirs, strict=True):
            torch.testing.assert_close(value, expected)


@pytest.mark.parametrize("options", OPTIONS)
def test_goes_on_where_a_checkpoint_was_written(options: dict) -> None:
    """Of its own, or of a plain one."""
    parameters = [named() for _ in range(3)]
    whole, plain, resumed = (
        kind(own, lr=0.1, **options)
        for kind, own in zip((FusedAdam, AdamOptimizer, FusedAdam), parameters, strict=True)
    )
    for source in (whole, plain):
        for seed in range(4):
            give_gradients(seed, *parameters)
            whole.step(), plain.step()
        saved = io.BytesIO()
        torch.save(source.state_dict(), saved)
        saved.seek(0)
        resumed.load_state_dict(torch.load(saved, weights_only=True))
        with torch.no_grad():
            for (_, value), (_, known) in zip(parameters[2], parameters[0], strict=True):
                value.copy_(known)
        give_gradients(9, *parameters)
        for optimizer in (whole, plain, resumed):
            optimizer.step()
        for (_, value), (_, expected) in zip(parameters[2], parameters[0], strict=True):
            torch.testing.assert_close(value, expected)


def test_a_closure_is_called_with_gradients() -> None:
    parameters = named()
    optimizer = FusedAdam(parameters, lr=0.1)

    def closure() -> torch.Tensor:
        loss = sum((p**2).sum() for _, p in parameters)
        optimizer.zero_grad()
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
