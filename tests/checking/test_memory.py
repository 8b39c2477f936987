"""Counts beside those of the model that training would build."""

import copy

import pytest
import torch
from allennlp.common import Params
from small_run import build

from checking.small import changed, small_config
from hmtl.checking import check
from hmtl.checking.memory import moments
from hmtl.forecast import Run


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    config = small_config(folder, "ner emd relation coref")
    return check(config), build(config, folder / "run").trainer.model


def size(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_weights_are_those_of_the_model(both):
    report, model = both
    # weights and gradients in single precision
    assert report.memory.weights == 2 * 4 * size(model)
    levels = [report.levels]
    for level in levels:
        levels.extend(level.above)
    assert {level.name: level.parameters for level in levels[1:]} == {
        name: size(part) for name, part in model.backbone.parts().items()
    }
    assert report.levels.parameters == size(model.embedder)
    assert report.levels.width == model.embedder.get_output_dim()


def test_a_task_trains_its_path(both):
    report, model = both
    paths = {
        "ner": ["ner"],
        "emd": ["ner", "emd"],
        "relation": ["ner", "emd", "relation"],
        "coref": ["ner", "emd", "coref"],
    }
    for task, path in paths.items():
        parts = [model.embedder, model.heads[task], *(model.backbone.parts()[name] for name in path)]
        own = report.memory.tasks[task]
        assert own.parameters == sum(map(size, parts))
        # Adam keeps two numbers for each
        assert own.moments == 2 * 4 * own.parameters


def test_the_pairs_of_coreference_are_the_heads_own_estimate(both):
    report, model = both
    own = report.memory.tasks["coref"]
    assert own.unbounded == model.heads["coref"].peak_mb(16) << 20
    assert own.pairs <= min(own.unbounded, model.heads["coref"].budget)


def test_the_whole_is_its_parts(both):
    memory = both[0].memory
    tasks = memory.tasks.values()
    steps = [task.activations + task.pairs for task in tasks]
    assert memory.total == memory.weights + sum(task.moments for task in tasks) + max(steps)
    assert min(steps) > 0


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        ({"type": "adam"}, 2),
        ({"type": "adam", "amsgrad": True}, 3),
        ({"type": "sgd", "lr": 0.1}, 0),
        ({"type": "sgd", "lr": 0.1, "momentum": 0.9}, 1),
    ],
)
def test_moments_of_an_optimizer(optimizer, expected, tmp_path):
    config = changed(small_config(tmp_path, "ner"), trainer__optimizer=optimizer)
    run = Run.from_config(Params(copy.deepcopy(config)))
    before = run.learners["ner"].learning_rate
    assert moments(run.learners["ner"]) == expected
    assert run.learners["ner"].learning_rate == before and not run.learners["ner"].optimizer.state


def test_a_shared_optimizer_is_counted_once(tmp_path):
    config = small_config(tmp_path, "ner emd")
    shared = check(changed(config, trainer__shared_optimizer=True)).memory
    single = check(config).memory
    parts = shared.weights // 2
    assert sum(task.moments for task in shared.tasks.values()) == 2 * parts
    assert sum(task.moments for task in single.tasks.values()) > 2 * parts


def test_an_average_is_a_third_copy(tmp_path):
    config = small_config(tmp_path, "ner")
    weights = [check(changed(config, trainer__average_decay=decay)).memory.weights for decay in (None, 0.9)]
    assert weights[1] * 2 == weights[0] * 3
