"""Successive regularisation."""

from typing import Any

import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor, nn

from hmtl.model import MultiTaskModel
from hmtl.priors.prior import Prior


@Prior.register("successive")
class Successive(Prior):
    """δ‖θ − θ'‖², where θ' is a snapshot of θ, taken when the steps of one task end and those of another
    begin (Hashimoto et al. 2017, arXiv 1611.01587, sections 2.6 and 3): a task may use what the tasks before
    it have learned but is kept from unlearning it. Made for the `sequential` schedule; where tasks
    take turns at every step the snapshot is always new and the penalty nearly nothing.

    # Parameters

    strength : δ, one number or by part of the model (`embedder`, `levels.<level>`, `heads.<task>`); parts
        that are not named have none. Default 0.01 on embedder and levels.
    """

    def __init__(self, strength: float | dict[str, float] = 0.01) -> None:
        values = strength.values() if isinstance(strength, dict) else [strength]
        if not all(value > 0 for value in values):
            raise ConfigurationError(f"trainer.prior.strength is {strength}; give numbers above 0")
        self.strength = strength
        self.task: str | None = None
        self.parts: dict[str, tuple[float, list[nn.Parameter]]] = {}
        self.snapshots: dict[str, list[Tensor]] = {}

    def attach(self, model: MultiTaskModel) -> None:
        parts = model.parts()
        strengths = self.strength
        if not isinstance(strengths, dict):
            strengths = dict.fromkeys(model.shared_parts(), strengths)
        for name, strength in strengths.items():
            if name not in parts:
                raise ConfigurationError(
                    f"trainer.prior.strength.{name}: the model has no such part; "
                    f"its parts are {', '.join(parts)}"
                )
            parameters = [p for p in parts[name].parameters() if p.requires_grad]
            self.parts[name] = (strength, parameters)

    def before_step(self, task: str) -> None:
        if task != self.task:
            self.task = task
            self.snapshots = {
                name: [parameter.detach().clone() for parameter in parameters]
                for name, (_, parameters) in self.parts.items()
            }

    def penalty(self, task: str) -> Tensor | None:
        terms = [
            strength * (parameter - old).square().sum()
            for name, (strength, parameters) in self.parts.items()
            for parameter, old in zip(parameters, self.snapshots[name], strict=True)
        ]
        return torch.stack(terms).sum() if terms else None

    def state_dict(self) -> dict[str, Any]:
        return {"task": self.task, "snapshots": self.snapshots}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.task = state["task"]
        self.snapshots = {
            name: [old.to(p.device) for old, p in zip(saved, self.parts[name][1], strict=True)]
            for name, saved in state["snapshots"].items()
        }
