"""`huggingface_adamw` is torch's AdamW with AllenNLP's defaults."""

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.training.optimizers import Optimizer


def _optimizer(weight: torch.nn.Parameter, **settings: object) -> Optimizer:
    params = Params({"type": "huggingface_adamw", **settings})
    return Optimizer.from_params(params, model_parameters=[("weight", weight)])


def test_steps_as_torch_does() -> None:
    ours, theirs = (torch.nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2))
    settings = {"lr": 0.1, "weight_decay": 0.01}
    for weight, optimizer in (
        (ours, _optimizer(ours, **settings)),
        (theirs, torch.optim.AdamW([theirs], **settings)),
    ):
        for _ in range(3):
            optimizer.zero_grad()
            (weight**2).sum().backward()
            optimizer.step()
    assert torch.equal(ours, theirs)
    assert not torch.equal(ours, torch.tensor([1.0, -2.0]))


def test_what_torch_cannot_do_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="remove correct_bias"):
        _optimizer(torch.nn.Parameter(torch.ones(1)), correct_bias=False)
