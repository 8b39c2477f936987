"""Parts of a model that training leaves as they are."""

from collections.abc import Sequence

from allennlp.common.checks import ConfigurationError

from hmtl.model import MultiTaskModel


def freeze(model: MultiTaskModel, names: Sequence[str]) -> None:
    """No parameter of these parts (`MultiTaskModel.parts`) will get a gradient. Raises `ConfigurationError`
    for a name that no part has."""
    parts = model.parts()
    for name in names:
        if name not in parts:
            raise ConfigurationError(
                f"trainer.freeze: the model has no part '{name}'; its parts are {', '.join(parts)}"
            )
        parts[name].requires_grad_(False)
