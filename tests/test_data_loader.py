"""Batches of one task each, and their order."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DataLoader, DatasetReader, Vocabulary
from small_run import same

from hmtl import data_loader, pools
from hmtl.data_loader import MultiTaskLoader, TaskSize
from hmtl.documents import Document
from hmtl.formats import Jsonl
from hmtl.instances import HeldInstances

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


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"workers": -1}, "data_loader.workers is -1; give 0 or more"),
        ({"workers": 2}, "data_loader.workers is 2, but all instances are in memory, .* or workers to 0"),
        ({"workers": 1, "cache": "c", "in_memory": True}, "data_loader.workers is 1, but all instances are"),
    ],
)
def test_workers_read_from_a_cache(build: Build, config: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build({"ner": "ner"}, **config)


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


TASKS = {"ner": "ner", "coref": "coref"}


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_cache_changes_nothing(build: Build, tmp_path: Path, in_memory: bool) -> None:
    plain = build(TASKS, budget={"batch_size": 4})
    for _ in range(2):
        cached = build(TASKS, budget={"batch_size": 4}, cache=str(tmp_path / "cache"), in_memory=in_memory)
        for task in cached.tasks:
            assert cached.size(task) == plain.size(task)
            assert cached.batches(task, 3) == plain.batches(task, 3)
            assert cached.documents(task, [7, 0, 7]) == plain.documents(task, [7, 0, 7])
            for numbers in ([3, 1], cached.batches(task, 0)[2]):
                assert same(cached.tensors(task, numbers), plain.tensors(task, numbers))
        assert [str(one) for one in cached.iter_instances()] == [str(one) for one in plain.iter_instances()]
        assert isinstance(cached.instances["ner"], HeldInstances) == in_memory


def test_a_batch_and_its_parts_hold_the_same_documents(build: Build, tmp_path: Path) -> None:
    loader = build(TASKS, cache=str(tmp_path / "cache"))
    batch = loader.documents("ner", [4, 2, 9])
    parts = loader.tensors("ner", [4, 9])["documents"] + loader.tensors("ner", [2])["documents"]
    assert [id(document) for document in parts] == [id(batch[i]) for i in (0, 2, 1)]


def test_a_task_without_data_in_a_shared_file_is_left_out_of_a_cache_too(
    build: Build, tmp_path: Path, path: str
) -> None:
    for _ in range(2):
        loader = build({"ner": "ner", "relation": "relation"}, path, cache=str(tmp_path / "cache"))
        assert loader.tasks == ["ner"]


def test_many_instances_are_dealt_from_pools(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = build({"ner": "ner"}, budget={"batch_size": 4})
    monkeypatch.setattr(data_loader, "POOL", 8)
    monkeypatch.setattr(pools, "POOL", 8)
    monkeypatch.setattr(pools, "RUN", 2)
    for number in (None, 0, 1):
        batches = loader.batches("ner", number)
        assert sorted(i for batch in batches for i in batch) == list(range(30))
        assert len(loader.batches("ner", number)) == len(batches) == 8
    assert loader.size("ner") == TaskSize(batches=8, instances=30)
    loader.multiply(2)
    assert loader.size("ner") == TaskSize(batches=4, instances=30)
