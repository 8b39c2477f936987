"""Embedder, backbone and heads as one AllenNLP model."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_run
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.models import Model
from allennlp.models.archival import archive_model, load_archive

from hmtl.data_loader import MultiTaskLoader
from hmtl.documents import LAYERS, Document
from hmtl.model import MultiTaskModel

TASKS = ["ner", "emd", "relation", "coref"]

Parts = tuple[MultiTaskModel, MultiTaskLoader]


@pytest.fixture(scope="module")
def config(small_corpus: Path) -> dict[str, Any]:
    return small_run.config_of(small_corpus, " ".join(TASKS))


@pytest.fixture(scope="module")
def parts(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """An untrained model of four tasks and its training data."""
    loop = small_run.build(config, tmp_path_factory.mktemp("model"))
    return loop.model, loop.trainer.loader


@pytest.fixture
def model(parts: Parts) -> MultiTaskModel:
    parts[0].get_metrics(reset=True)
    return parts[0].eval()


@pytest.fixture
def batch(parts: Parts) -> Callable[..., dict[str, Any]]:
    """`batch("ner")`: a batch of a task; `batch("coref", task=None)`: its text, to be annotated with all."""

    def run(name: str, **changes: Any) -> dict[str, Any]:
        return {**next(iter(parts[1].iterate(name))), **changes}

    return run


@pytest.mark.parametrize("task", TASKS)
def test_training_computes_the_loss_alone(task: str, model: MultiTaskModel, batch: Callable) -> None:
    output = model.train()(**batch(task))
    assert list(output) == ["loss"]
    assert output["loss"].shape == () and output["loss"].isfinite()
    assert model.get_metrics() == {}


@pytest.mark.parametrize("task", TASKS)
def test_a_tasks_loss_reaches_its_head_and_no_other(
    task: str, model: MultiTaskModel, batch: Callable
) -> None:
    model.zero_grad(set_to_none=True)
    model.train()(**batch(task))["loss"].backward()
    reached = {
        name for name, head in model.heads.items() if any(p.grad is not None for p in head.parameters())
    }
    assert reached == {task}
    assert all(p.grad is not None for p in model.embedder.parameters())


@pytest.mark.parametrize("task", TASKS)
def test_evaluation_also_annotates_and_measures(task: str, model: MultiTaskModel, batch: Callable) -> None:
    arguments = batch(task)
    output = model(**arguments)
    assert set(output) == {"loss", "annotations"}
    assert list(output["annotations"]) == [task]
    assert len(output["annotations"][task]) == len(arguments["documents"])
    metrics = model.get_metrics(reset=True)
    assert metrics and all(name.startswith(f"{task}/") for name in metrics)


def test_metrics_are_those_of_the_tasks_evaluated_since_the_reset(
    model: MultiTaskModel, batch: Callable
) -> None:
    model(**batch("ner"))
    model(**batch("relation"))
    assert {name.partition("/")[0] for name in model.get_metrics()} == {"ner", "relation"}
    model.get_metrics(reset=True)
    model(**batch("coref"))
    assert {name.partition("/")[0] for name in model.get_metrics()} == {"coref"}


def test_prediction_does_not_measure(model: MultiTaskModel, batch: Callable) -> None:
    output = model(**batch("coref", task=None))
    assert list(output) == ["annotations"]
    assert set(output["annotations"]) == set(TASKS)
    assert model.get_metrics() == {}


def test_all_tasks_in_one_pass_are_what_each_finds_alone(model: MultiTaskModel, batch: Callable) -> None:
    for text in ("coref", "ner"):
        together = model(**batch(text, task=None))["annotations"]
        for task in TASKS:
            documents = [with_every_layer(document) for document in batch(text)["documents"]]
            assert model(**batch(text, task=task, documents=documents))["annotations"][task] == together[task]


def with_every_layer(document: Document) -> Document:
    """Evaluation wants gold; that there is none will do."""
    return document.replace(**{layer: () for layer in LAYERS if getattr(document, layer) is None})


def test_prediction_does_not_look_at_the_annotation(model: MultiTaskModel, batch: Callable) -> None:
    arguments = batch("coref", task=None)
    bare = [document.bare() for document in arguments["documents"]]
    assert model(**arguments)["annotations"] == model(**{**arguments, "documents": bare})["annotations"]


def test_readable_output_has_an_entry_for_each_document(model: MultiTaskModel, batch: Callable) -> None:
    output = model(**batch("coref", task=None))
    readable = model.make_output_human_readable(output)["annotations"]
    assert len(readable) == len(batch("coref")["documents"])
    for task in TASKS:
        assert [entry[task] for entry in readable] == output["annotations"][task]


def test_archive_round_trip(parts: Parts, config: dict[str, Any], batch: Callable, tmp_path: Path) -> None:
    model = parts[0].eval()
    Params(config).to_file(str(tmp_path / "config.json"))
    model.vocab.save_to_files(str(tmp_path / "vocabulary"))
    torch.save(model.state_dict(), tmp_path / "best.th")
    loaded = load_archive(archive_model(tmp_path)).model
    state = loaded.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert loaded.tasks == model.tasks
    arguments = batch("coref", task=None)
    assert loaded.eval()(**arguments)["annotations"] == model(**arguments)["annotations"]


def copied(config: dict[str, Any]) -> Params:
    """Building consumes its config."""
    return Params(copy.deepcopy(config))


def test_data_of_a_task_without_a_head(model: MultiTaskModel, batch: Callable) -> None:
    with pytest.raises(ConfigurationError, match="there is data of task 'nre' but no head"):
        model(**batch("ner", task="nre"))


def test_no_heads(config: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="model.heads: names no task"):
        Model.from_params(copied({**config["model"], "heads": {}}), vocab=Vocabulary())


def test_initializer_reaches_the_whole_model(config: dict[str, Any], model: MultiTaskModel) -> None:
    zero = {"regexes": [["heads.ner.linear.bias|backbone.*bias", {"type": "constant", "val": 0.5}]]}
    built = Model.from_params(copied({**config["model"], "initializer": zero}), vocab=model.vocab)
    assert (built.heads["ner"].linear.bias == 0.5).all()
    assert all((p == 0.5).all() for name, p in built.backbone.named_parameters() if "bias" in name)


def test_tasks_come_in_the_order_of_the_list(config: dict[str, Any], model: MultiTaskModel) -> None:
    assert config["model"]["order"] == TASKS == model.tasks


def test_an_order_names_every_task(config: dict[str, Any], model: MultiTaskModel) -> None:
    params = copied({**config["model"], "order": ["ner", "emd"]})
    with pytest.raises(
        ConfigurationError, match=r"model\.order: names ner, emd; name each of .*coref.* once"
    ):
        Model.from_params(params, vocab=model.vocab)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_the_losses_of_a_batchs_parts_add_up_to_the_loss_of_the_batch(
    task: str, reduction: str, model: MultiTaskModel, parts: Parts
) -> None:
    loader = parts[1]
    if task == "relation":
        model.heads["relation"].scorer.reduction = reduction
    numbers = list(range(len(loader.instances[task])))
    whole = loader.tensors(task, numbers)
    pieces = [loader.tensors(task, numbers[first::3]) for first in range(3)]
    losses = [model(**piece, batch=whole["documents"])["loss"] for piece in pieces]
    assert sum(losses).item() == pytest.approx(model(**whole)["loss"].item(), rel=1e-4)


def test_each_parameter_is_in_one_part(model: MultiTaskModel) -> None:
    parts = model.parts()
    names = {"embedder"} | {f"{kind}.{task}" for kind in ("levels", "heads") for task in TASKS}
    assert parts.keys() == names and list(parts)[:3] == ["embedder", "levels.ner", "levels.emd"]
    parameters = [parameter for part in parts.values() for parameter in part.parameters()]
    assert len(parameters) == len({id(parameter) for parameter in parameters})
    assert {id(parameter) for parameter in parameters} == {id(parameter) for parameter in model.parameters()}
