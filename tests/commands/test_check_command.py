import json
from pathlib import Path

import pytest
from checking.small import corpus, small_config
from command_line import allennlp, error_of


@pytest.fixture
def config(tmp_path) -> Path:
    """With one note, of a rare label, and nothing else."""
    documents = corpus()
    first = documents["train"][0]
    documents["train"][0] = first.replace(entities=((1, 2, "B"), *first.entities[1:]))
    path = tmp_path / "config.json"
    path.write_text(json.dumps(small_config(tmp_path, "ner emd", documents)))
    return path


WARNING = '{"model.backbone.levels.spare": {"encoder": {"type": "lstm", "hidden_size": 3}}}'
ERROR = '{"trainer.num_epochs": 0}'


@pytest.mark.parametrize(
    ("options", "status"),
    [([], 0), (["--strict"], 0), (["-o", WARNING], 0), (["-o", WARNING, "--strict"], 1), (["-o", ERROR], 1)],
)
def test_the_status_says_whether_something_is_wrong(options, status, config, capsys):
    stopped = 0
    try:
        allennlp("check", config, *options)
    except SystemExit as stop:
        stopped = stop.code
    assert stopped == status
    assert capsys.readouterr().out.startswith(f"{config}: ")


def test_json_is_one_object(config, capsys):
    allennlp("check", config, "-o", WARNING, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["errors"], told["warnings"], told["notes"]) == (0, 1, 1)
    finding = told["findings"][0]
    assert finding["rule"] == "unread_levels" and finding["places"] == ["model.backbone.levels.spare"]
    assert set(told["data"]) == set(told["steps"]) == set(told["memory"]["tasks"]) == {"ner", "emd"}
    assert told["labels"]["ner_labels"]["counts"] == {"A": 11, "B": 1}
    assert told["levels"]["above"][0]["name"] == "ner"


def test_no_colour_and_nothing_beside_the_page(config, capsys, tmp_path):
    before = sorted(path.name for path in tmp_path.iterdir())
    allennlp("check", config)
    assert "\x1b" not in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_config_that_is_no_jsonnet(tmp_path, capsys):
    (tmp_path / "config.jsonnet").write_text("{")
    assert "config.jsonnet" in error_of(capsys, "check", tmp_path / "config.jsonnet")


def test_a_config_that_is_not_there(tmp_path, capsys):
    assert "nothing.jsonnet" in error_of(capsys, "check", tmp_path / "nothing.jsonnet")
