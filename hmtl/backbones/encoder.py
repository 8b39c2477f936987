"""Encoders whose input width nobody types."""

import inspect

from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder

WIDTH_ARGUMENTS = ("input_size", "input_dim")
"""What AllenNLP's encoders call the width of their input."""


def construct_encoder(encoder: Lazy[Seq2SeqEncoder], input_dim: int, where: str) -> Seq2SeqEncoder:
    """Builds an encoder for inputs of width `input_dim`, which its constructor is told if it asks for it.

    Raises `ConfigurationError`, naming the config key `where`, if there is no type, and if the finished
    encoder wants another width.
    """
    built = encoder.construct(**dict.fromkeys(_width_arguments(encoder, where), input_dim))
    if built.get_input_dim() != input_dim:
        raise ConfigurationError(
            f"{where}: reads {built.get_input_dim()} numbers a word, but the level offers {input_dim}; "
            "leave the width out and it is computed"
        )
    return built


def _width_arguments(encoder: Lazy[Seq2SeqEncoder], where: str) -> list[str]:
    name = encoder._params.get("type")
    if name is None:
        raise ConfigurationError(
            f"{where}: has no type; choose one of {', '.join(Seq2SeqEncoder.list_available())}"
        )
    subclass, constructor = Seq2SeqEncoder.resolve_class_name(name)
    signature = inspect.signature(getattr(subclass, constructor) if constructor else subclass.__init__)
    return [argument for argument in WIDTH_ARGUMENTS if argument in signature.parameters]
