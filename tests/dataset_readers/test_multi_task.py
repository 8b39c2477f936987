"""The readers of all tasks together."""

from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader

from hmtl.dataset_readers import MultiTaskReader
from hmtl.documents import LAYERS, Document

JSONL = {"type": "jsonl"}


def reader(**readers: str) -> MultiTaskReader:
    tasks = {task: {"type": type_, "format": JSONL} for task, type_ in readers.items()}
    indexers = {"words": {"type": "single_id"}}
    return DatasetReader.from_params(Params({"type": "hmtl", "readers": tasks, "token_indexers": indexers}))


def test_tasks_share_the_indexers_and_keep_their_names() -> None:
    built = reader(ner="ner", fine="ner", coref="coref")
    assert {task: one.task for task, one in built.readers.items()} == {
        task: task for task in ("ner", "fine", "coref")
    }
    shared = [one.token_indexers for one in built.readers.values()]
    assert all(indexers is shared[0] and list(indexers) == ["words"] for indexers in shared)


def test_one_path_is_for_all_tasks() -> None:
    assert reader(ner="ner", coref="coref").paths("x.jsonl") == {"ner": "x.jsonl", "coref": "x.jsonl"}


def test_paths_by_task_follow_the_order_of_the_readers() -> None:
    paths = reader(ner="ner", emd="emd", coref="coref").paths({"coref": "c", "ner": "n"})
    assert list(paths.items()) == [("ner", "n"), ("coref", "c")]


def test_paths_below_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HMTL_DATA", "/corpora")
    assert reader(ner="ner").paths({"ner": "$HMTL_DATA/a/b"}) == {"ner": "/corpora/a/b"}
    assert reader(ner="ner").paths("$HMTL_DATA/a") == {"ner": "/corpora/a"}


def test_path_of_an_unknown_task() -> None:
    with pytest.raises(ConfigurationError, match="'nre': the model has no such task, only ner"):
        reader(ner="ner").paths({"nre": "x"})


def test_no_tasks() -> None:
    with pytest.raises(ConfigurationError, match="names no task"):
        reader()


def test_reads_each_task(path: Path) -> None:
    built = reader(ner="ner", coref="coref")
    assert [len(list(built.read_task(task, str(path)))) for task in ("ner", "coref")] == [3, 2]


def test_any_file_can_be_predicted_and_gold_is_left_behind(
    path: Path, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HMTL_DATA", str(path.parent))
    instances = list(reader(ner="ner").read("$HMTL_DATA/data.jsonl"))
    found = [instance["documents"].document for instance in instances]
    assert [document.tokens for document in found] == [document.tokens for document in documents]
    assert all(getattr(document, layer) is None for document in found for layer in LAYERS)
