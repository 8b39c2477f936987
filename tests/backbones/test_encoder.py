"""Encoders whose input width is computed."""

import pytest
import torch
from allennlp.common import Lazy, Params
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder

from hmtl.backbones.encoder import construct_encoder

WHERE = "model.backbone.levels.ner.encoder"


def construct(config: dict[str, object], input_dim: int = 6) -> Seq2SeqEncoder:
    return construct_encoder(Lazy(Seq2SeqEncoder, params=Params(config)), input_dim, WHERE)


@pytest.mark.parametrize(
    "config",
    [
        {"type": "lstm", "hidden_size": 4},
        {"type": "gru", "hidden_size": 4, "bidirectional": True},
        {"type": "stacked_bidirectional_lstm", "hidden_size": 4, "num_layers": 2},
        {"type": "pass_through"},
        {
            "type": "pytorch_transformer",
            "num_layers": 1,
            "num_attention_heads": 2,
            "feedforward_hidden_dim": 4,
        },
        {
            "type": "feedforward",
            "feedforward": {"input_dim": 6, "num_layers": 1, "hidden_dims": 3, "activations": "relu"},
        },
    ],
    ids=lambda config: config["type"],
)
def test_reads_what_the_level_offers(config: dict[str, object]) -> None:
    encoder = construct(config)
    outputs = encoder(torch.randn(2, 3, 6), torch.ones(2, 3, dtype=torch.bool))
    assert outputs.shape == (2, 3, encoder.get_output_dim())


def test_typed_width_that_is_right() -> None:
    assert construct({"type": "lstm", "input_size": 6, "hidden_size": 4}).get_input_dim() == 6


@pytest.mark.parametrize(
    "config",
    [
        {"type": "lstm", "input_size": 7, "hidden_size": 4},
        {"type": "pass_through", "input_dim": 7},
        {
            "type": "feedforward",
            "feedforward": {"input_dim": 7, "num_layers": 1, "hidden_dims": 3, "activations": "relu"},
        },
    ],
    ids=lambda config: config["type"],
)
def test_typed_width_that_is_wrong(config: dict[str, object]) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^{WHERE}: reads 7 numbers a word, but the level offers 6; leave"
    ):
        construct(config)


def test_no_type() -> None:
    with pytest.raises(ConfigurationError, match=rf"^{WHERE}: has no type; choose one of .*lstm"):
        construct({"hidden_size": 4})


def test_unknown_type() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'lstm'"):
        construct({"type": "lsmt", "hidden_size": 4})
