"""The list-of-tasks surface."""

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model

from hmtl.documents import Document
from hmtl.model import MultiTaskModel

CONFIGS = Path(__file__).parents[2] / "configs"
EXPERIMENTS = sorted(CONFIGS.glob("*.jsonnet"))
DATA = "data: hmtl.splits('corpus', 'jsonl', 'train.jsonl', 'dev.jsonl', 'test.jsonl')"
SMALL = f"{DATA}, encoder: hmtl.lstm(4, 1)"
TASKS = {
    "ner": f"hmtl.ner {{ {SMALL} }}",
    "emd": f"hmtl.nested_emd {{ {SMALL} }}",
    "relation": f"hmtl.relation {{ {SMALL} }}",
    "coref": f"hmtl.coref {{ {SMALL} }}",
    "fine": f"hmtl.ner {{ name: 'fine', {SMALL} }}",
}
SUBSETS = [subset for size in range(1, 6) for subset in combinations(TASKS, size)]

Json = dict[str, Any]
Evaluate = Callable[[str], Json]


def experiment(*tasks: str, **fields: str) -> str:
    stated = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"hmtl.experiment {{ tasks: [{', '.join(tasks)}], embedder: hmtl.embedders.words(3), {stated} }}"


def build(config: Json) -> MultiTaskModel:
    """The model on the labels A and B, without data."""
    labels = {
        f"{task}{kind}_labels": ["A", "B"] for task in config["model"]["heads"] for kind in ("", "_argument")
    }
    return Model.from_params(
        Params(config["model"]), vocab=Vocabulary(tokens_to_add={"tokens": ["a"], **labels})
    )


@pytest.mark.parametrize("names", SUBSETS, ids="+".join)
def test_any_subset_of_tasks(names: tuple[str, ...], evaluate: Evaluate) -> None:
    below = [f", after: '{name}'" for name in names]
    chained = [
        TASKS[name].replace(" }", f"{parent} }}") for name, parent in zip(names, ["", *below], strict=False)
    ]
    config = evaluate(experiment(*chained))
    everywhere = (
        config["dataset_reader"]["readers"], config["train_data_path"], config["validation_data_path"],
        config["test_data_path"], config["data_loader"]["budgets"], config["model"]["heads"],
    )  # fmt: skip
    assert all(set(part) == set(names) for part in everywhere)
    levels = config["model"]["backbone"]["levels"]
    assert {name: levels[name]["after"] for name in names} == dict(zip(names, [None, *names], strict=False))


@pytest.mark.parametrize(
    "names", [("ner", "relation"), ("coref",), ("coref", "ner"), tuple(TASKS)], ids="+".join
)
def test_a_subset_is_a_model(names: tuple[str, ...], evaluate: Evaluate) -> None:
    config = evaluate(experiment(*(TASKS[name] for name in names)))
    model = build(config).eval()
    reader = DatasetReader.from_params(Params(config["dataset_reader"]))
    batch = Batch([reader.text_to_instance(Document("d", ("a", "b", "a"), ((0, 1), (2, 2))))])
    batch.index_instances(model.vocab)
    with torch.inference_mode():
        annotations = model(**batch.as_tensor_dict())["annotations"]
    assert set(annotations) == set(names)


def test_a_second_corpus_of_named_entities_is_one_more_object(evaluate: Evaluate) -> None:
    four = [TASKS[name] for name in ("ner", "emd", "relation", "coref")]
    before, after = evaluate(experiment(*four)), evaluate(experiment(*four, TASKS["fine"]))
    model = build(after)
    assert model.heads["fine"].namespace == "fine_labels"
    old, new = dict(build(before).named_parameters()), dict(model.named_parameters())
    assert all(new[name].shape == parameter.shape for name, parameter in old.items())
    assert all("fine" in name for name in set(new) - set(old))


def test_order_of_the_list_is_that_of_the_predictions_and_nothing_else(evaluate: Evaluate) -> None:
    ner, emd = TASKS["ner"], TASKS["emd"].replace(" }", ", after: 'ner' }")
    one, other = evaluate(experiment(ner, emd)), evaluate(experiment(emd, ner))
    assert (one["model"].pop("order"), other["model"].pop("order")) == (["ner", "emd"], ["emd", "ner"])
    assert one == other


def test_tasks_can_share_a_level(evaluate: Evaluate) -> None:
    fine = TASKS["fine"].replace(" }", ", level: 'ner' }")
    emd = TASKS["emd"].replace(" }", ", after: 'fine' }")
    config = evaluate(experiment(TASKS["ner"], fine, emd))
    assert {name: level["after"] for name, level in config["model"]["backbone"]["levels"].items()} == {
        "ner": None,
        "emd": "ner",
    }
    backbone = build(config).backbone
    assert list(backbone.encoders) == ["ner", "emd"]
    assert backbone.level_of == {"ner": "ner", "fine": "ner", "emd": "emd"}


@pytest.mark.parametrize(
    ("snippet", "message"),
    [
        ("hmtl.experiment {}", "experiment: state its tasks"),
        ("hmtl.experiment { tasks: [] }", "experiment: its list of tasks is empty"),
        (experiment("hmtl.task {}"), "task: give it a name"),
        (experiment("hmtl.ner {}"), "task 'ner': give it data, as in hmtl.splits"),
        (experiment("hmtl.ner { data: { format: 'jsonl' } }"), "task 'ner': its data name no train"),
        (experiment(f"hmtl.task {{ name: 'x', {DATA} }}"), "task 'x': give it a head"),
        (experiment(TASKS["ner"], TASKS["ner"]), r"two tasks have one name \(ner, ner\); each needs its own"),
    ],
)
def test_what_is_missing_fails_by_name(snippet: str, message: str, evaluate: Evaluate) -> None:
    with pytest.raises(RuntimeError, match=message):
        evaluate(snippet)


def test_unknown_parent_fails_by_name(evaluate: Evaluate) -> None:
    config = evaluate(experiment(TASKS["ner"], TASKS["emd"].replace(" }", ", after: 'nerr' }")))
    with pytest.raises(
        ConfigurationError, match=r"levels\.emd\.after: there is no level 'nerr'; did you mean 'ner'\?"
    ):
        build(config)


def test_only_the_training_split_must_be_there(evaluate: Evaluate) -> None:
    alone = "hmtl.ner { data: { format: 'jsonl', train: 'x' } }"
    config = evaluate(experiment(alone, TASKS["coref"]))
    assert set(config["train_data_path"]) == {"ner", "coref"}
    assert set(config["validation_data_path"]) == set(config["test_data_path"]) == {"coref"}


def test_what_an_experiment_states_is_what_it_gets(evaluate: Evaluate) -> None:
    fields = {
        "dropout": "0.25", "epochs": "3", "patience": "2", "seed": "7", "schedule": "{ type: 'uniform' }",
        "optimizer": "{ type: 'sgd', lr: 1 }", "min_count": "{ tokens: 2 }",
    }  # fmt: skip
    config = evaluate(
        experiment(
            TASKS["ner"].replace(" }", ", batch: { max_words: 9 }, training: { patience: 1 } }"), **fields
        )
    )
    trainer = config["trainer"]
    assert config["model"]["dropout"] == 0.25
    assert (trainer["num_epochs"], trainer["patience"], trainer["seed"]) == (3, 2, 7)
    assert (
        config["random_seed"],
        config["numpy_seed"],
        config["pytorch_seed"],
        config["data_loader"]["seed"],
    ) == (7, 7, 7, 7)
    assert (trainer["schedule"], trainer["optimizer"]) == ({"type": "uniform"}, {"type": "sgd", "lr": 1})
    assert config["vocabulary"]["min_count"] == {"tokens": 2}
    assert config["data_loader"]["budgets"] == {"ner": {"max_words": 9}}
    assert trainer["tasks"] == {"ner": {"patience": 1}}


def test_short_words_have_characters(evaluate: Evaluate) -> None:
    """Words of one and two letters are told apart by their characters alone."""
    config = evaluate(experiment(TASKS["ner"]) + " + { embedder:: hmtl.embedders.characters(dropout=0) }")
    documents = [Document(word, (word,)) for word in ("a", "b", "is", "it")]
    config["dataset_reader"]["readers"]["ner"]["format"] = {"type": "jsonl"}
    reader = DatasetReader.from_params(Params(config["dataset_reader"]))
    batch = Batch([reader.text_to_instance(document) for document in documents])
    vocab = Vocabulary.from_instances(batch.instances)
    vocab.add_tokens_to_namespace(["A"], "ner_labels")
    batch.index_instances(vocab)
    vectors = Model.from_params(Params(config["model"]), vocab=vocab).embedder(
        batch.as_tensor_dict()["tokens"]
    )
    assert vectors.abs().sum(-1).all()
    assert len(vectors.flatten(0, 1).unique(dim=0)) == 4


@pytest.mark.parametrize("file", EXPERIMENTS, ids=lambda file: file.stem)
def test_shipped_experiments_are_short_and_can_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        line for line in file.read_text().splitlines() if line.strip() and not line.strip().startswith("//")
    ]
    assert len(lines) <= 25
    monkeypatch.setenv("HMTL_DATA", "/corpora")
    config = json.loads(_jsonnet.evaluate_file(str(file)))
    readers = DatasetReader.from_params(Params(config["dataset_reader"])).readers
    assert set(readers) == set(config["train_data_path"]) == set(config["model"]["heads"])
    assert all(
        path for paths in ("train", "validation", "test") for path in config[f"{paths}_data_path"].values()
    )


def test_a_task_on_anothers_level_stands_where_that_does(evaluate: Evaluate) -> None:
    fine = TASKS["fine"].replace(" }", ", level: 'ner', after: 'emd' }")
    with pytest.raises(RuntimeError, match="task 'fine': has both a level and an after"):
        evaluate(experiment(TASKS["ner"], TASKS["emd"], fine))


def test_a_misspelt_key_of_a_task_is_named(evaluate: Evaluate) -> None:
    emd = TASKS["emd"].replace(" }", ", aftr: 'ner' }")
    with pytest.raises(RuntimeError, match="task 'emd': there is no key 'aftr'; a task can state after, "):
        evaluate(experiment(TASKS["ner"], emd))
