"""`reduce_on_plateau`, whose `verbose` torch has dropped."""

import logging

import pytest
import torch
from allennlp.common import Params
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer


def _optimizer() -> Optimizer:
    weight = torch.nn.Parameter(torch.ones(1))
    return Optimizer.from_params(Params({"type": "sgd", "lr": 1.0}), model_parameters=[("weight", weight)])


def test_reduces_after_patience() -> None:
    optimizer = _optimizer()
    params = Params({"type": "reduce_on_plateau", "mode": "max", "factor": 0.5, "patience": 1})
    scheduler = LearningRateScheduler.from_params(params, optimizer=optimizer)
    rates = []
    for score in (1.0, 0.9, 0.8, 0.7):
        scheduler.step(score)
        rates.append(optimizer.param_groups[0]["lr"])
    # The second score is the one bad epoch that patience allows; the third is one too many.
    assert rates == [1.0, 1.0, 0.5, 0.5]


def test_verbose_is_said_to_have_no_effect(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        LearningRateScheduler.from_params(
            Params({"type": "reduce_on_plateau", "verbose": True}), optimizer=_optimizer()
        )
    assert "verbose has no effect" in caplog.text
