"""All of AllenNLP is imported without what few of its classes need, and these find it when they are used."""

import copy
import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import transformers
from allennlp.common import Params, cached_transformers
from allennlp.fairness import ClassificationNormalBiasDirection, Independence, INLPBiasMitigator
from allennlp.modules.token_embedders import PretrainedTransformerEmbedder
from allennlp.modules.transformer import ActivationLayer
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.metrics import Auc, SpearmanCorrelation
from allennlp.training.optimizers import Optimizer

LATE = ("transformers", "sklearn", "scipy", "nltk")
IMPORT_ALL = f"""
import sys
from allennlp.common.plugins import import_plugins
from allennlp.common import plugins
plugins.DEFAULT_PLUGINS = ()
import_plugins()
print({{name.split(".")[0] for name in sys.modules}}.intersection({LATE}))
"""


def test_they_are_not_imported_with_all_of_allennlp(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "set()\n"), done.stderr


def test_a_transformer(bert: str) -> None:
    embedder = PretrainedTransformerEmbedder(bert)
    ids = torch.tensor([[2, 5, 6, 3]])
    loaded = transformers.AutoModel.from_pretrained(bert)
    mask, types = torch.ones_like(ids, dtype=torch.bool), torch.tensor([[0, 0, 1, 1]])
    expected = loaded(ids, token_type_ids=types).last_hidden_state
    assert torch.allclose(embedder(ids, mask, types), expected, atol=1e-6)
    # Its cache does not ask whether weights are wanted.
    cached_transformers._clear_caches()
    untrained = cached_transformers.get(bert, make_copy=True, load_weights=False)
    assert type(untrained) is type(loaded) and untrained.config.hidden_size == 4
    cached_transformers._clear_caches()


def test_an_activation_by_name() -> None:
    layer = ActivationLayer(3, 2, "relu")
    states = torch.randn(4, 3)
    assert torch.equal(layer(states), layer.dense(states).clamp(min=0))


def test_adafactor_steps_as_that_of_transformers() -> None:
    ours, theirs = (torch.nn.Parameter(torch.tensor([[1.0, -2.0]])) for _ in range(2))
    params = Params({"type": "huggingface_adafactor"})
    optimizer = copy.deepcopy(Optimizer.from_params(params, model_parameters=[("weight", ours)]))
    (ours,) = optimizer.param_groups[0]["params"]
    for weight, stepper in ((ours, optimizer), (theirs, transformers.Adafactor([theirs]))):
        assert isinstance(stepper, transformers.Adafactor)
        for _ in range(3):
            stepper.zero_grad()
            (weight**2).sum().backward()
            stepper.step()
    assert torch.equal(ours, theirs) and not torch.equal(ours, torch.tensor([[1.0, -2.0]]))


@pytest.mark.parametrize(
    ("settings", "rates"),
    [
        ({"type": "constant"}, [1, 1, 1, 1]),
        ({"type": "constant_with_warmup", "num_warmup_steps": 2}, [0, 0.5, 1, 1]),
        (
            {"type": "cosine_with_warmup", "num_warmup_steps": 1, "num_training_steps": 5},
            [0, 1, (1 + math.cos(math.pi / 4)) / 2, 0.5],
        ),
        (
            {"type": "cosine_hard_restarts_with_warmup", "num_warmup_steps": 1, "num_training_steps": 3},
            [0, 1, 0.5, 0],
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_schedules(settings: dict[str, object], rates: list[float]) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler = LearningRateScheduler.from_params(Params(dict(settings)), optimizer=optimizer)
    seen = []
    for _ in rates:
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert seen == pytest.approx(rates)


def test_metrics() -> None:
    auc, correlation = Auc(), SpearmanCorrelation()
    # Of the six pairs of a positive and a negative, five are in the right order.
    auc(torch.tensor([0.1, 0.4, 0.35, 0.8, 0.9]), torch.tensor([0, 0, 1, 1, 1]))
    assert auc.get_metric() == pytest.approx(5 / 6)
    numbers = torch.tensor([0.3, -1.0, 2.0, 0.7])
    correlation(numbers, -numbers.exp())
    assert correlation.get_metric() == pytest.approx(-1)


def test_a_distance_between_groups() -> None:
    metric = Independence(num_classes=2, num_protected_variable_labels=2, dist_metric="wasserstein")
    # Group 0 is always called 0 and group 1 always 1; over all it is half and half.
    metric(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 0, 1, 1]))
    assert {group: float(distance) for group, distance in metric.get_metric().items()} == {0: 0.5, 1: 0.5}


def test_bias() -> None:
    # Only the first coordinate tells the two apart.
    one, other = torch.randn(20, 3), torch.randn(20, 3)
    one[:, 0], other[:, 0] = 5, -5
    direction = ClassificationNormalBiasDirection()(one, other)
    assert abs(float(direction[0])) > 0.95
    assert INLPBiasMitigator()(torch.cat([one, other]), one, other)[:, 0].abs().max() < 1
