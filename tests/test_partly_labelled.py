"""A document without a layer is, for the task that learns it, as if it were not there."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from command_line import allennlp, error_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_run import build, config_of, same

from hmtl.data_loader import MultiTaskLoader
from hmtl.documents import LAYERS, Document
from hmtl.formats import DocumentLines, Jsonl
from hmtl.model import MultiTaskModel
from hmtl.training.evaluation import evaluate_task

TASKS = {"ner": "entities", "emd": "mentions", "relation": "relations", "coref": "clusters"}
LACKING = (("clusters",), ("entities",), ("relations", "entities"), ("mentions", "entities", "clusters"))


@pytest.fixture(scope="module")
def labelled(small_corpus: Path) -> list[Document]:
    """Entities have types of mentions: where there are no mentions they are the arguments of relations."""
    documents = list(Jsonl().read(small_corpus / "train.jsonl"))
    types = {span.label for document in documents[:3] for span in document.mentions}
    return [d.replace(entities=[span for span in d.entities if span.label in types]) for d in documents]


def configured(corpus: Path, **trainer: Any) -> dict[str, Any]:
    config = config_of(corpus, " ".join(TASKS), **trainer)
    for reader in config["dataset_reader"]["readers"].values():
        reader["format"] = {"type": "document"}
    config["model"]["heads"]["relation"]["arguments"] = {"type": "span_classifier"}
    config["model"]["heads"]["coref"]["singletons"] = True
    return config


def without(document: Document, layers: tuple[str, ...]) -> Document:
    return document.replace(**dict.fromkeys(layers))


def write(documents: list[Document], path: Path) -> str:
    DocumentLines().write(documents, path)
    return str(path)


def by_task(documents: list[Document], folder: Path) -> dict[str, str]:
    """A file for each task, of what is annotated for it."""
    parts = {t: [d for d in documents if getattr(d, layer) is not None] for t, layer in TASKS.items()}
    return {task: write(part, folder / f"{task}.jsonl") for task, part in parts.items() if part}


def test_a_run_on_mixed_data_is_the_run_on_the_labelled_documents_alone(
    small_corpus: Path, labelled: list[Document], tmp_path: Path
) -> None:
    """Bit by bit: the same losses, gradients, weights and metrics."""
    mixed = [without(document, layers) for document, layers in zip(labelled, LACKING, strict=True)]
    assert all(0 < sum(getattr(d, layer) is None for d in mixed) < 4 for layer in LAYERS)
    found = []
    for data_path in (write(mixed, tmp_path / "mixed.jsonl"), by_task(mixed, tmp_path)):
        config = configured(small_corpus, num_epochs=2)
        config |= {"train_data_path": data_path, "validation_data_path": data_path}
        config["datasets_for_vocab_creation"] = ["train", "validation"]
        del config["test_data_path"]
        loop = build(config, tmp_path / f"run{len(found)}")
        metrics = loop.run()
        found.append((loop.model.state_dict(), metrics))
    (weights, metrics), (others, other_metrics) = found
    assert same(dict(weights), dict(others))
    compared = {name for name in metrics if name.startswith("best_validation_")}
    assert {f"best_validation_{task}/loss" for task in TASKS} <= compared
    assert {n: metrics[n] for n in compared} == {n: other_metrics[n] for n in compared}


@pytest.fixture(scope="module")
def model(small_corpus: Path, labelled: list[Document], tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("model")
    config = configured(small_corpus)
    path = write(labelled, folder / "all.jsonl")
    config |= {"train_data_path": path, "validation_data_path": path}
    del config["test_data_path"]
    return build(config, folder).model.eval()


def scores(model: MultiTaskModel, corpus: Path, data_path: Any) -> dict[str, float]:
    reader = DatasetReader.from_params(Params(configured(corpus)["dataset_reader"]))
    loader = MultiTaskLoader(reader, data_path)
    loader.index_with(model.vocab)
    torch.manual_seed(0)
    return {k: v for task in loader.tasks for k, v in evaluate_task(model, loader, task, False).items()}


# nothing is gained by shrinking what is small
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(lacking=st.lists(st.sets(st.sampled_from(LAYERS)), min_size=3, max_size=3))
def test_any_layers_may_be_missing_anywhere(
    lacking: list[set[str]],
    model: MultiTaskModel,
    small_corpus: Path,
    labelled: list[Document],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    documents = [without(d, tuple(layers)) for d, layers in zip(labelled, lacking, strict=False)]
    path, parts = write(documents, folder / "d.jsonl"), by_task(documents, folder)
    if not parts:
        with pytest.raises(ConfigurationError, match=r"d\.jsonl: no document is annotated with"):
            scores(model, small_corpus, path)
        return
    mixed = scores(model, small_corpus, path)
    assert {name.split("/")[0] for name in mixed} == set(parts)
    assert mixed == scores(model, small_corpus, parts)
    for task in TASKS.keys() - parts.keys():
        with pytest.raises(ConfigurationError, match=f"which task '{task}' learns; name a file that is"):
            scores(model, small_corpus, {task: path})


def test_evaluate_scores_what_has_gold_and_names_the_rest(
    small_archive: Path, labelled: list[Document], tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys
) -> None:
    archive, path, out = small_archive / "model.tar.gz", tmp_path / "some.jsonl", tmp_path / "m.json"
    Jsonl().write([without(document, ("mentions", "relations")) for document in labelled], path)
    with caplog.at_level(logging.WARNING):
        allennlp("evaluate", archive, path, "--output-file", out)
    scored = {name.split("/")[0] for name in json.loads(out.read_text()) if "/" in name}
    assert scored == {"ner", "coref"}
    told = [r.getMessage() for r in caplog.records if "has no data there" in r.getMessage()]
    assert all(message.startswith(f"{path}: ") for message in told)
    assert [message.split("'")[1] for message in told] == ["emd", "relation"]
    Jsonl().write([document.bare() for document in labelled], path)
    assert f"{path}: no document is annotated with" in error_of(capsys, "evaluate", archive, path)


def test_training_on_one_path_needs_gold_of_every_task(
    small_corpus: Path, labelled: list[Document], tmp_path: Path
) -> None:
    config = configured(small_corpus)
    config["train_data_path"] = write([without(d, ("clusters",)) for d in labelled], tmp_path / "d.jsonl")
    del config["test_data_path"], config["validation_data_path"]
    with pytest.raises(ConfigurationError, match="heads.coref: there is no training data for this head"):
        build(config, tmp_path)
