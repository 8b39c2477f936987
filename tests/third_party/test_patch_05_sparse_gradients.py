"""Clipping sparse gradients gives what clipping the same gradients, dense, gives."""

from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.nn.clipping import clip_grad_norm_, clip_grad_value_
from allennlp.nn.parallel import DdpWrappedModel
from allennlp.training.util import rescale_gradients


def _embeddings(sparse: bool) -> torch.nn.Module:
    """An embedding (5, 3) and a linear layer after one backward pass; row 2 is used twice."""
    torch.manual_seed(7)
    module = torch.nn.Sequential(torch.nn.Embedding(5, 3, sparse=sparse), torch.nn.Linear(3, 2))
    module(torch.tensor([2, 4, 2])).pow(2).sum().backward()
    return module


def _gradients(module: torch.nn.Module) -> list[torch.Tensor]:
    return [gradient.to_dense().clone() for gradient in (parameter.grad for parameter in module.parameters())]


@pytest.mark.parametrize("max_norm", [1e-3, 1e3])
def test_norm_clipping_equals_dense(max_norm: float) -> None:
    sparse, dense = _embeddings(True), _embeddings(False)
    before = torch.nn.utils.clip_grad_norm_(dense.parameters(), max_norm)
    assert torch.allclose(clip_grad_norm_(sparse.parameters(), max_norm), before)
    assert all(map(torch.allclose, _gradients(sparse), _gradients(dense)))


def test_value_clipping_equals_dense() -> None:
    sparse, dense = _embeddings(True), _embeddings(False)
    untouched = _gradients(dense)
    torch.nn.utils.clip_grad_value_(dense.parameters(), 0.05)
    clip_grad_value_(sparse.parameters(), 0.05)
    assert all(map(torch.allclose, _gradients(sparse), _gradients(dense)))
    assert not all(map(torch.allclose, untouched, _gradients(dense)))


def test_distributed_wrapper_and_utility_clip_too() -> None:
    dense = _embeddings(False)
    expected = torch.nn.utils.clip_grad_norm_(dense.parameters(), 0.01)
    wrapped = DdpWrappedModel(_embeddings(True), local_rank=0, world_size=1)
    assert torch.allclose(wrapped.clip_grad_norm_(0.01), expected)
    assert torch.allclose(rescale_gradients(_embeddings(True), 0.01), expected)


@pytest.mark.parametrize("clipping", [{"grad_norm": 0.1}, {"grad_norm": True}, {"grad_clipping": 0.1}])
def test_sparse_embeddings_train(clipping: dict[str, Any], tagger: dict[str, Any], tmp_path: Any) -> None:
    tagger["model"]["text_field_embedder"]["token_embedders"]["tokens"]["sparse"] = True
    tagger["trainer"].update(clipping)
    model = train_model(Params(tagger), serialization_dir=str(tmp_path / "run"))
    assert all(parameter.isfinite().all() for parameter in model.parameters())
