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
@pytest.mark.parametrize("lengths", [[4, 7, 1, 5], [6, 6], [4]], ids=["uneven", "even", "one"])
def test_outputs_and_gradients(lengths: list[int], options: dict[str, Any]) -> None:
    reference = CnnEncoder(embedding_dim=3, num_filters=4, **options)
    ours = CharacterCnn(embedding_dim=3, num_filters=4, **options)
    ours.load_state_dict(reference.state_dict())
    alphabet, (ids, mask) = torch.randn(9, 3), words(lengths)
    weights = torch.randn(len(ids), ours.get_output_dim())
    results = []
    for encoder in (reference, ours):
        own = alphabet.clone().requires_grad_()
        outputs = encoder(own[ids], mask) if encoder is reference else encoder.of_characters(ids, own)
        (outputs * weights).sum().backward()
        results.append([outputs, own.grad, *(parameter.grad for parameter in encoder.parameters())])
    for expected, value in zip(*results, strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    with torch.inference_mode():
        torch.testing.assert_close(ours.of_characters(ids, alphabet), outputs.detach())


def test_words_shorter_than_a_filter() -> None:
    ours = CharacterCnn(embedding_dim=3, num_filters=4, ngram_filter_sizes=(3,))
    ids, _ = words([2, 1])
    assert ids.shape[1] == 2
    assert not ours.of_characters(ids, torch.randn(9, 3)).any()


def words(lengths: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
    return torch.randint(1, 9, mask.shape).masked_fill(~mask, 0), mask
