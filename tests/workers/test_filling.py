"""Several corpora read at once."""

import logging
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader

from hmtl.caching import CorpusCache
from hmtl.data_loader import MultiTaskLoader
from hmtl.dataset_readers import MultiTaskReader
from hmtl.documents import Document
from hmtl.formats import Jsonl

TASKS = ("ner", "coref")


def reader() -> MultiTaskReader:
    readers = {task: {"type": task, "format": {"type": "jsonl"}} for task in TASKS}
    return DatasetReader.from_params(Params({"type": "hmtl", "readers": readers}))


@pytest.fixture
def path(tmp_path: Path) -> str:
    documents = [Document(str(i), ("a", "b"), entities=(), clusters=()) for i in range(3)]
    documents.append(Document("bare", ("c",)))
    Jsonl().write(documents, tmp_path / "data.jsonl")
    return str(tmp_path / "data.jsonl")


def test_workers_read_what_the_cache_lacks(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """This process reads nothing, and says all the same what was warned of."""
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(Jsonl, "read_file", None)
        loader = MultiTaskLoader(reader(), path, cache=str(tmp_path / "cache"), workers=2)
    told = [record.getMessage() for record in caplog.records]
    plain = MultiTaskLoader(reader(), path)
    assert len(told) == 2
    for task, message in zip(TASKS, told, strict=True):
        assert message.startswith(f"{path}: task '{task}' leaves out 1 of 4 documents")
        numbers = list(range(3))
        assert loader.documents(task, numbers) == plain.documents(task, numbers)


def test_what_is_there_needs_no_workers(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    MultiTaskLoader(reader(), path, cache=str(cache))
    assert all(CorpusCache(cache).holds(r, r.format, path) for r in reader().readers.values())
    monkeypatch.setattr("hmtl.workers.filling.Workers", None)
    assert MultiTaskLoader(reader(), path, cache=str(cache), workers=2).size("ner").instances == 3


def test_a_fault_in_a_corpus_is_told_as_without_workers(tmp_path: Path, path: str) -> None:
    with Path(path).open("a") as file:
        file.write("nothing\n")
    errors = []
    for number, options in enumerate(({}, {"workers": 2})):
        with pytest.raises(ConfigurationError) as caught:
            MultiTaskLoader(reader(), path, cache=str(tmp_path / str(number)), **options)
        errors.append(str(caught.value))
    assert errors[0] == errors[1] and errors[0].startswith(f"{path}:5: ")
