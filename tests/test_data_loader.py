"""Batches of one task each, and their order."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DataLoader, DatasetReader, Vocabulary

from hmtl.data_loader import MultiTaskLoader, TaskSize
from hmtl.documents import Document
from hmtl.formats import Jsonl

Build = Callable[..., MultiTaskLoader]


@pytest.fixture
def path(tmp_path: Path) -> str:
    documents = [
        Document(
            id=str(i), tokens=tuple(f"w{i}" for _ in range(1 + i % 5)), entities=(), mentions=(), clusters=()
        )
        for i in range(30)
    ]
    Jsonl().write(documents, tmp_path / "data.jsonl")
    return str(tmp_path / "data.jsonl")


@pytest.fixture
def build(path: str) -> Build:
    def run(tasks: dict[str, str], data_path: object = path, **config: object) -> MultiTaskLoader:
        readers = {task: {"type": type_, "format": {"type": "jsonl"}} for task, type_ in tasks.items()}
        reader = DatasetReader.from_params(Params({"type": "hmtl", "readers": readers}))
        loader = DataLoader.from_params(
            Params({"type": "hmtl", **config}), reader=reader, data_path=data_path
        )
        loader.index_with(Vocabulary.from_instances(loader.iter_instances()))
        return loader

    return run


def test_every_pass_deals_every_instance_once(build: Build) -> None:
    loader = build({"ner": "ner"}, budgets={"ner": {"batch_size": 4}})
    for number in (None, 0, 1, 7):
        batches = loader.batches("ner", number)
        assert sorted(i for batch in batches for i in batch) == list(range(30))
        assert max(map(len, batches)) == 4


def test_order_is_a_function_of_seed_task_and_pass(build: Build) -> None:
    loader = build({"ner": "ner", "emd": "emd"})
    orders = {(task, number): loader.batches(task, number) for task in ("ner", "emd") for number in range(3)}
    assert len({str(order) for order in orders.values()}) == 6
    assert build({"ner": "ner"}, seed=5).batches("ner", 0) != orders["ner", 0]
    assert build({"ner": "ner"}, seed=13370).batches("ner", 0) == orders["ner", 0]


def test_order_knows_nothing_of_other_tasks_or_of_what_was_read_before(build: Build) -> None:
    alone, among = build({"ner": "ner"}), build({"coref": "coref", "ner": "ner"})
    assert [alone.batches("ner", n) for n in range(3)] == [among.batches("ner", n) for n in (0, 1, 2)]
    later = alone.batches("ner", 2)
    list(alone)
    torch.rand(3)
    assert alone.batches("ner", 2) == later


def test_len_is_the_number_of_batches(build: Build) -> None:
    loader = build(
        {"ner": "ner", "coref": "coref"}, budgets={"ner": {"batch_size": 7}}, budget={"batch_size": 4}
    )
    assert len(loader) == len(list(loader)) == 5 + 8
    assert loader.size("ner") == TaskSize(batches=5, instances=30)
    assert loader.size("coref") == TaskSize(batches=8, instances=30)


def test_iteration_goes_through_all_tasks_in_order(build: Build) -> None:
    loader = build({"ner": "ner", "coref": "coref"})
    seen: dict[str, list[str]] = {}
    for batch in loader:
        seen.setdefault(batch["task"], []).extend(document.id for document in batch["documents"])
        assert len(batch["tokens"]["tokens"]["tokens"]) == sum(len(d.sentences) for d in batch["documents"])
    assert list(seen) == loader.tasks == ["ner", "coref"]
    assert all(sorted(ids, key=int) == [str(i) for i in range(30)] for ids in seen.values())


def test_tasks_without_data_are_not_there(build: Build, path: str) -> None:
    assert build({"ner": "ner", "coref": "coref"}, {"coref": path}).tasks == ["coref"]


def test_unknown_tasks(build: Build, path: str) -> None:
    with pytest.raises(ConfigurationError, match="'nre': the model has no such task, only ner"):
        build({"ner": "ner"}, {"nre": path})
    with pytest.raises(
        ConfigurationError, match=r"data_loader\.budgets\.nre: there is no such task; the tasks are ner"
    ):
        build({"ner": "ner"}, budgets={"nre": {"batch_size": 1}})


def test_tensors_go_to_the_target_device(build: Build) -> None:
    loader = build({"ner": "ner"})
    loader.set_target_device(torch.device("meta"))
    assert loader.tensors("ner", [0, 1])["tokens"]["tokens"]["tokens"].device.type == "meta"


def test_one_batch_size_for_all(build: Build) -> None:
    tasks = {"ner": "ner", "coref": "coref"}
    loader = build(tasks, budgets={"ner": {"batch_size": 2, "max_words": 8}}, batch_size=3)
    assert {len(numbers) for numbers in loader.batches("coref", None)} == {3}
    assert max(len(numbers) for numbers in loader.batches("ner", None)) == 3
    assert loader.budgets["ner"].max_words == 8
