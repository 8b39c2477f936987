"""Equal to AllenNLP's `cnn`, in single precision: its own masking makes double precision NaN."""

from typing import Any

import pytest
import torch
from allennlp.modules.seq2vec_encoders import CnnEncoder
from allennlp.nn import Activation

from hmtl.encoders import CharacterCnn

OPTIONS: dict[str, dict[str, Any]] = {
    "one width": {"ngram_filter_sizes": (3,)},
    "many widths": {"ngram_filter_sizes": (1, 2, 4)},
    "projected": {"ngram_filter_sizes": (2, 3), "output_dim": 5},
    "another activation": {"ngram_filter_sizes": (2,), "conv_layer_activation": Activation.by_name("tanh")()},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("lengths", [[4, 7, 1, 5], [6, 6], None], ids=["uneven", "even", "no mask"])
def test_outputs_and_gradients(lengths: list[int] | None, options: dict[str, Any]) -> None:
    reference = CnnEncoder(embedding_dim=3, num_filters=4, **options)
    ours = CharacterCnn(embedding_dim=3, num_filters=4, **options)
    ours.load_state_dict(reference.state_dict())
    tokens = torch.randn(len(lengths or "abc"), max(lengths or [5]), 3)
    mask = lengths and torch.arange(tokens.shape[1]) < torch.tensor(lengths).unsqueeze(1)
    weights = torch.randn(len(tokens), ours.get_output_dim())
    results = []
    for encoder in (reference, ours):
        own = tokens.clone().requires_grad_()
        outputs = encoder(own, mask)
        (outputs * weights).sum().backward()
        results.append([outputs, own.grad, *(parameter.grad for parameter in encoder.parameters())])
    for expected, value in zip(*results, strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
