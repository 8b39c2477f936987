"""The contract of a prior: the parameters in, a penalty out."""

from typing import Any

from allennlp.common import Registrable
from torch import Tensor

from hmtl.model import MultiTaskModel


class Prior(Registrable):
    """A penalty on parameters, added to the loss of every step."""

    def attach(self, model: MultiTaskModel) -> None:
        """Takes the model, once it stands on its device with its first weights. Raises `ConfigurationError`
        for a part that it does not have."""
        raise NotImplementedError

    def before_step(self, task: str) -> None:
        """A step of `task` comes next."""

    def penalty(self, task: str) -> Tensor | None:
        """The scalar to add to the loss of a step of `task`; None where there is none."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs beside the parameters: tensors and plain values."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up a saved state."""
