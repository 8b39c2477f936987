import copy
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import TrainModel, train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from small_run import build, config_of, same

from hmtl.training import checkpoints
from hmtl.training import train_model as module
from hmtl.training.evaluation import evaluate_task
from hmtl.training.train_model import HmtlTrainModel, table

TASKS = ("ner", "emd")


@pytest.fixture
def config(small_corpus) -> dict[str, Any]:
    return config_of(small_corpus) | {"evaluate_on_test": True}


def random_weights(loop: TrainModel, seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {name: torch.randn_like(weight) for name, weight in loop.model.state_dict().items()}


@pytest.fixture
def finished(config, tmp_path, monkeypatch) -> tuple[TrainModel, dict[str, Any], list[str]]:
    """A training whose joint best weights are best for `emd` too and others for `ner`; what it wrote; the
    tasks it evaluated."""
    loop, evaluated = build(config, tmp_path), []
    for name, seed in (("best.th", 1), ("best_emd.th", 1), ("best_ner.th", 2)):
        checkpoints.save(random_weights(loop, seed), tmp_path / name)

    def noting(model: Any, loader: Any, task: str) -> dict[str, float]:
        evaluated.append(task)
        return evaluate_task(model, loader, task)

    monkeypatch.setattr(module, "evaluate_task", noting)
    loop.finish({"epochs": 7})
    return loop, json.loads((tmp_path / "metrics.json").read_text()), evaluated


def test_every_best_epoch_is_tested_on_all_tasks(finished, config, tmp_path):
    loop, metrics, _ = finished
    expected = {"epochs": 7}
    other = build(config, tmp_path / "other")
    for prefix, name in (("", "best.th"), ("best_ner/", "best_ner.th"), ("best_emd/", "best_emd.th")):
        other.model.load_state_dict(checkpoints.load(tmp_path / name))
        for task in TASKS:
            tested = evaluate_task(other.model, other.evaluation_data_loader, task)
            expected |= {f"{prefix}test_{metric}": value for metric, value in tested.items()}
    assert metrics == pytest.approx(expected, abs=1e-9)
    assert metrics["best_ner/test_ner/loss"] != metrics["test_ner/loss"] == metrics["best_emd/test_ner/loss"]
    assert isinstance(loop, HmtlTrainModel)


def test_the_joint_best_weights_are_left_in_the_model(finished, tmp_path):
    assert same(dict(finished[0].model.state_dict()), dict(checkpoints.load(tmp_path / "best.th")))


def test_weights_of_one_epoch_are_tested_once(finished):
    assert finished[2] == [*TASKS, *TASKS]


def test_what_the_trainer_calls_best_is_what_is_tested(config, tmp_path):
    loop = build(config, tmp_path)
    loop.finish(loop.run())
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    for task in TASKS:
        # the test data are the validation data
        assert metrics[f"test_{task}/f1"] == pytest.approx(metrics[f"best_validation_{task}/f1"], abs=1e-6)
        assert metrics[f"best_{task}/test_{task}/f1"] == pytest.approx(metrics[f"{task}/best_f1"], abs=1e-6)


def test_nothing_is_tested_unasked(config, tmp_path):
    loop = build(config | {"evaluate_on_test": False}, tmp_path)
    loop.finish({"epochs": 7})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"epochs": 7}


def test_a_config_without_a_type_trains_as_ever(config, tmp_path):
    del config["type"]
    train_model(Params(config), tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert {"test_loss", "test_ner/f1", "test_emd/f1"} <= metrics.keys()
    assert not any(name.startswith(("best_ner/", "best_emd/")) for name in metrics)


def test_test_data_without_a_head_are_refused_before_the_training(config, tmp_path):
    config["test_data_path"]["relation"] = config["test_data_path"]["ner"]
    config["dataset_reader"]["readers"]["relation"] = {"type": "relation", "format": {"type": "jsonl"}}
    with pytest.raises(ConfigurationError, match="task 'relation' has data but no head"):
        build(config, tmp_path)


def test_two_processes_test_what_one_does(config, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    two = copy.deepcopy(config) | {"distributed": {"cuda_devices": [-1, -1]}}
    train_model(Params(two), tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    alone = build(config, tmp_path / "alone")
    for prefix, file in (("", None), ("best_ner/", "best_ner.th"), ("best_emd/", "best_emd.th")):
        model = load_archive(tmp_path / "run" / "model.tar.gz", weights_file=file).model
        for task in TASKS:
            for name, value in evaluate_task(model, alone.evaluation_data_loader, task).items():
                assert metrics[f"{prefix}test_{name}"] == pytest.approx(value, abs=1e-6)


def test_the_table_has_a_row_for_weights_and_a_column_for_a_task(finished, caplog, tmp_path):
    loop, metrics, _ = finished
    with caplog.at_level(logging.INFO):
        loop.finish({})
    (text,) = [
        record.getMessage() for record in caplog.records if "Scores on the test" in record.getMessage()
    ]
    _, head, *rows = text.splitlines()
    assert head.split() == ["ner", "f1", "emd", "f1"]
    assert [row.split()[0] for row in rows] == ["best.th", "best_ner.th", "best_emd.th"]
    assert [float(cell) for cell in rows[1].split()[1:]] == [
        pytest.approx(metrics[f"best_ner/test_{task}/f1"], abs=1e-4) for task in TASKS
    ]


def test_numbers_stand_below_their_names():
    scores = {
        "best.th": {"ner/f1": 0.5, "coref/coref_f1": 1.0},
        "best_coref.th": {"ner/f1": 0, "coref/coref_f1": 0},
    }
    assert table(scores, {"ner": "f1", "coref": "coref_f1"}).splitlines() == [
        "               ner f1  coref coref_f1",
        "best.th        0.5000          1.0000",
        "best_coref.th  0.0000          0.0000",
    ]
