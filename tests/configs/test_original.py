"""Each experiment of the original trains, saves, reloads and predicts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

EXPERIMENTS = {
    "ner": ["ner"],
    "emd": ["emd"],
    "relation": ["relation"],
    "coref_conll": ["coref"],
    "coref_ace": ["coref"],
    "ner_emd": ["ner", "emd"],
    "emd_relation": ["emd", "relation"],
    "emd_coref_ace": ["emd", "coref"],
    "ner_emd_relation": ["ner", "emd", "relation"],
    "ner_emd_coref_ace": ["ner", "emd", "coref"],
    "hmtl_coref_conll": ["ner", "emd", "relation", "coref"],
    "hmtl_coref_ace": ["ner", "emd", "relation", "coref"],
}
LAYERS = {"ner": "entities", "emd": "mentions", "relation": "relations", "coref": "clusters"}
SHORT = "epochs:: 1, schedule:: { type: 'uniform', steps_per_epoch: 2 }, trainer+: { tensorboard: false }"
TEXT = {"sentences": [["Ada", "left", "Corby", "."], ["She", "stood", "in", "the", "hall", "."]]}

Evaluate = Callable[[str], dict[str, Any]]


def train_and_reload(config: dict[str, Any], directory: Path) -> dict[str, Any]:
    """Trains, checks that the archive holds the same weights and answers alike, and returns the answer."""
    model = train_model(Params(config), str(directory))
    archive = load_archive(str(directory / "model.tar.gz"))
    trained, loaded = model.state_dict(), archive.model.state_dict()
    assert list(trained) == list(loaded)
    assert all(torch.equal(trained[name], loaded[name]) for name in trained)
    answer = Predictor.from_archive(archive).predict_json(TEXT)
    model.eval()
    assert answer == Predictor.by_name("hmtl")(model, archive.dataset_reader).predict_json(TEXT)
    return answer


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_trains_saves_reloads_and_predicts(
    name: str, evaluate: Evaluate, original_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HMTL_DATA", str(original_data))
    answer = train_and_reload(
        evaluate(f"(import '{name}.jsonnet') {{ elmo:: null, {SHORT} }}"), tmp_path / "run"
    )
    assert answer["tokens"] == [word for sentence in TEXT["sentences"] for word in sentence]
    for task, layer in LAYERS.items():
        assert (answer[layer] is not None) == (task in EXPERIMENTS[name])


def test_trains_with_elmo(
    evaluate: Evaluate, original_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HMTL_DATA", str(original_data))
    config = evaluate(f"(import 'ner_emd.jsonnet') {{ {SHORT} }}")
    assert "elmo" in config["model"]["embedder"]["token_embedders"]
    assert train_and_reload(config, tmp_path / "run")["entities"] is not None


def parents(config: dict[str, Any]) -> dict[str, str | None]:
    return {name: level["after"] for name, level in config["model"]["backbone"]["levels"].items()}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_holds_its_tasks(name: str, evaluate: Evaluate) -> None:
    config = evaluate(f"import '{name}.jsonnet'")
    assert set(config["model"]["heads"]) == set(config["train_data_path"]) == set(EXPERIMENTS[name])


def test_a_task_stands_on_the_nearest_that_is_there(evaluate: Evaluate) -> None:
    tree = {"ner": None, "emd": "ner", "relation": "emd", "coref": "emd"}
    assert parents(evaluate("import 'hmtl_coref_ace.jsonnet'")) == tree
    assert parents(evaluate("import 'emd_coref_ace.jsonnet'")) == {"emd": None, "coref": "emd"}
    without = evaluate("original.experiment(['ner', 'relation', 'coref_conll'])")
    assert parents(without) == {"ner": None, "relation": "ner", "coref": "ner"}


@pytest.mark.parametrize(
    ("name", "task", "corpus"),
    [
        ("coref_conll", "coref", "ontonotes"),
        ("coref_ace", "coref", "ace2005"),
        ("ner", "ner", "ontonotes"),
        ("relation", "relation", "ace2005"),
        ("emd", "emd", "ace2005"),
    ],
)
def test_data_of_the_original(name: str, task: str, corpus: str, evaluate: Evaluate) -> None:
    config = evaluate(f"import '{name}.jsonnet'")
    assert config["train_data_path"][task] == f"$HMTL_DATA/{corpus}/train"
    validation = "development" if corpus == "ontonotes" else "dev"
    assert config["validation_data_path"][task] == f"$HMTL_DATA/{corpus}/{validation}"


def test_initialiser_reaches_every_encoder_and_nothing_else(evaluate: Evaluate) -> None:
    regexes = evaluate("import 'ner_emd.jsonnet'")["model"]["initializer"]["regexes"]
    names = [
        "backbone.encoders.ner._module.weight_ih_l0",
        "backbone.encoders.emd._module.weight_hh_l1_reverse",
        "backbone.encoders.ner._module.bias_ih_l0",
        "embedder.token_embedder_elmo._elmo.weight_ih_l0",
    ]
    found = [[kind["type"] for pattern, kind in regexes if re.search(pattern, name)] for name in names]
    assert found == [["xavier_normal"], ["orthogonal"], [], []]
