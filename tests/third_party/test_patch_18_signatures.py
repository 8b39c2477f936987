"""The names of what an embedder takes, however its `forward` came to be."""

import inspect
from typing import Any

import pytest
import torch
from allennlp.common.signatures import forward_parameters
from allennlp.modules.text_field_embedders import BasicTextFieldEmbedder
from allennlp.modules.token_embedders import Embedding, TokenEmbedder
from torch import Tensor


class Scaled(TokenEmbedder):
    def get_output_dim(self) -> int:
        return 1

    def forward(self, tokens: Tensor, scale: float, *rest: Any, **others: Any) -> Tensor:
        return tokens.unsqueeze(-1) * scale


def own_forward() -> Scaled:
    module = Scaled()
    module.forward = lambda tokens: tokens  # type: ignore[method-assign]
    return module


@pytest.mark.parametrize("module", [Scaled(), own_forward(), Embedding(2, 3), torch.nn.Linear(1, 1)])
def test_names_are_those_of_the_signature(module: torch.nn.Module) -> None:
    expected = list(inspect.signature(module.forward).parameters)
    assert list(forward_parameters(module)) == list(forward_parameters(module)) == expected


def test_what_was_told_cannot_be_changed() -> None:
    forward_parameters(Scaled()).clear()
    assert "scale" in forward_parameters(Scaled())


def test_further_arguments_reach_the_embedder_that_takes_them_and_nobody_asks_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedder = BasicTextFieldEmbedder({"a": Scaled(), "b": Embedding(2, num_embeddings=5)})
    tokens = torch.tensor([[1.0, 2.0]])
    inputs = {"a": {"tokens": tokens}, "b": {"tokens": tokens.long()}}
    assert torch.equal(embedder(inputs, scale=3.0)[..., 0], tokens * 3)
    monkeypatch.setattr(inspect, "signature", None)
    assert torch.equal(embedder(inputs, scale=2.0)[..., 0], tokens * 2)
