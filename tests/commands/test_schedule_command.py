import json
from pathlib import Path

import pytest
from command_line import allennlp, error_of
from small_run import config_of

SCORES = {"type": "dynamic", "single_task_scores": {"ner": 0.9, "emd": 0.8, "coref": 0.5}}


@pytest.fixture
def config(small_corpus, tmp_path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_of(small_corpus, "ner emd coref", num_epochs=3)))
    return path


@pytest.fixture
def told(capsys):
    """The JSON object that the command prints."""

    def run(*arguments: object) -> dict:
        capsys.readouterr()
        allennlp("schedule", *arguments, "--json")
        return json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("schedule", "exact"),
    [
        ({"type": "proportional"}, 3),
        ({"type": "annealed", "by": "instances", "steps_per_epoch": 9}, 3),
        ({"type": "time_dependent", "weights": {"ner": 1, "emd": [[0, 0], [30, 1]], "coref": 0.5}}, 3),
        ({"type": "sequential", "order": ["ner", "emd", "coref"]}, 3),
        ({"type": "round_robin", "steps_per_epoch": 8}, 3),
        ({"type": "stop_and_go"}, 1),
        (SCORES, 1),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_a_real_run_draws_what_was_told(schedule, exact, config, told, tmp_path):
    overrides = json.dumps({"trainer.schedule": schedule})
    forecast = told(config, "-o", overrides)
    assert len(forecast["epochs"]) == forecast["num_epochs"] == 3
    allennlp("train", config, "-s", tmp_path / "run", "-o", overrides)
    for number, epoch in enumerate(forecast["epochs"][:exact]):
        real = json.loads((tmp_path / "run" / f"metrics_epoch_{number}.json").read_text())
        for task, figures in epoch.items():
            assert real.get(f"training_{task}/steps", 0) == figures["steps"]
        assert sum(figures["steps"] for figures in epoch.values()) == forecast["steps_per_epoch"]
    assert (exact < 3) == any("validation scores" in note for note in forecast["notes"])


def test_the_table_has_a_title(config, capsys):
    allennlp("schedule", config)
    title, data, epochs, *_ = capsys.readouterr().out.split("\n\n")
    assert title == f"{config}: proportional, 3 epochs of 10 steps, seed 13370"
    assert data.startswith("data ") and epochs.startswith("epoch ")


def test_only_the_first_epochs(config, told, capsys):
    whole, two = told(config), told(config, "--epochs", 2)
    assert two["epochs"] == whole["epochs"][:2] and two["num_epochs"] == 3
    allennlp("schedule", config, "--epochs", 2)
    assert "proportional, the first 2 of 3 epochs" in capsys.readouterr().out
    for count in (0, 4):
        message = f"--epochs is {count}; give 1 to 3, the epochs of this run"
        assert error_of(capsys, "schedule", config, "--epochs", count) == message


def test_a_plot_beside_the_table(config, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    allennlp("schedule", config, "--plot", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "passes so far" in capsys.readouterr().out


def test_no_model_and_no_directory(config, tmp_path, told):
    told(config, "-o", '{"model": {"type": "no such model"}}')
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ('{"trainer.schedule.type": "weighted", "trainer.schedule.weights": {"nre": 1}}', "nre: there is"),
        ('{"trainer.schedule.steps_per_epoch": 0}', "trainer.schedule.steps_per_epoch is 0; give at least 1"),
        ('{"train_data_path.ner": "/no/such/file.jsonl"}', "/no/such/file.jsonl"),
    ],
)  # fmt: skip
def test_a_slip_gives_one_line(overrides, message, config, capsys):
    assert message in error_of(capsys, "schedule", config, "-o", overrides)


def test_a_config_that_is_not_there(capsys, tmp_path):
    assert "nothing.jsonnet" in error_of(capsys, "schedule", tmp_path / "nothing.jsonnet")
