"""Mixed precision with gradient accumulation: the loss that callbacks see is each batch's share."""

import copy
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.nn.parallel import DdpWrappedModel
from allennlp.training import TrainerCallback
from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


class UnitScaler:
    """A gradient scaler whose scale is one, so that AMP's path must give what plain training gives."""

    def __init__(self) -> None:
        self.losses: list[float] = []

    def scale(self, loss: torch.Tensor) -> torch.Tensor:
        self.losses.append(loss.item())
        return loss

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        optimizer.step()

    def update(self) -> None:
        pass


class UseUnitScaler(TrainerCallback):
    """Gives the trainer the scaler that it would have made on a GPU."""

    def on_start(self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any) -> None:
        super().on_start(trainer, is_primary)
        trainer._scaler = UnitScaler()


class OwnBackward(TrainerCallback):
    """Does the backward pass itself."""

    def on_backward(
        self,
        trainer: GradientDescentTrainer,
        batch_outputs: dict[str, torch.Tensor],
        backward_called: bool,
        **_: Any,
    ) -> bool:
        batch_outputs["loss"].backward()
        return True


def _trained(tagger: dict[str, Any], directory: Path, *callbacks: str) -> list[torch.Tensor]:
    """The parameters after one epoch in which both batches make one step."""
    config = copy.deepcopy(tagger)  # Training consumes it.
    config["trainer"].update(num_epochs=1, num_gradient_accumulation_steps=2, callbacks=list(callbacks))
    model = train_model(Params(config), serialization_dir=str(directory))
    return [parameter.detach() for parameter in model.parameters()]


@pytest.mark.parametrize("callback", [UseUnitScaler, OwnBackward])
def test_gradients_are_those_of_plain_training(
    callback: type[TrainerCallback], tagger: dict[str, Any], tmp_path: Path
) -> None:
    name = f"{__name__}.{callback.__name__}"
    TrainerCallback.register(name, exist_ok=True)(callback)
    plain = _trained(tagger, tmp_path / "plain")
    scaled = _trained(tagger, tmp_path / "scaled", name)
    assert all(map(torch.equal, plain, scaled))


def test_no_deprecated_amp(tagger: dict[str, Any], tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        assert _trained(tagger, tmp_path / "run")
        warnings.filterwarnings("ignore", "torch.cuda.amp.GradScaler is enabled, but CUDA")
        DdpWrappedModel(torch.nn.Linear(1, 1), local_rank=0, world_size=1).init_grad_scaler()
