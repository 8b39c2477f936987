"""Batches that are made before they are asked for."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DataLoader, DatasetReader, Vocabulary
from small_run import same

from hmtl.caching.store import DOCUMENTS
from hmtl.data_loader import MultiTaskLoader
from hmtl.documents import Document
from hmtl.formats import Jsonl
from hmtl.workers import Wanted

Build = Callable[[int], MultiTaskLoader]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    folder, loaders = tmp_path_factory.mktemp("ahead"), []
    documents = [
        Document(str(i), tuple(f"w{i}" for _ in range(1 + i % 5)), entities=(), clusters=())
        for i in range(30)
    ]
    Jsonl().write(documents, folder / "data.jsonl")
    readers = {task: {"type": task, "format": {"type": "jsonl"}} for task in ("ner", "coref")}

    def run(workers: int) -> MultiTaskLoader:
        loader = DataLoader.from_params(
            Params(
                {
                    "type": "hmtl",
                    "cache": str(folder / "cache"),
                    "workers": workers,
                    "budget": {"batch_size": 4},
                }
            ),
            reader=DatasetReader.from_params(Params({"type": "hmtl", "readers": readers})),
            data_path=str(folder / "data.jsonl"),
        )
        loader.index_with(Vocabulary.from_instances(loader.iter_instances()))
        loaders.append(loader)
        return loader

    yield run
    for loader in loaders:
        loader.close()


@pytest.fixture(scope="module")
def plain(build: Build) -> MultiTaskLoader:
    return build(0)


@pytest.fixture(scope="module")
def helped(build: Build) -> MultiTaskLoader:
    return build(2)


def wanted(loader: MultiTaskLoader) -> list[Wanted]:
    """Both tasks by turns, in two shares, and a share of nobody's."""
    batches = {task: loader.batches(task, 3) for task in loader.tasks}
    return [
        Wanted(task, numbers, [numbers[::3], numbers[1::3]], len(batches[task]))
        for pair in zip(*([(task, numbers) for numbers in batches[task]] for task in batches), strict=True)
        for task, numbers in pair
    ]


def check(loader: MultiTaskLoader, plain: MultiTaskLoader, batches: list[Wanted]) -> None:
    """All that is asked for is what it would be without workers."""
    given = []
    for batch in loader.ahead(iter(batches)):
        given.append(batch)
        documents = loader.documents(batch.task, batch.numbers)
        assert documents == plain.documents(batch.task, batch.numbers)
        for share in batch.shares:
            tensors = loader.tensors(batch.task, share)
            assert same(tensors, plain.tensors(batch.task, share))
            assert all(any(one is other for other in documents) for one in tensors["documents"])
    assert given == batches


def test_workers_make_what_would_be_made_without_them(
    helped: MultiTaskLoader, plain: MultiTaskLoader
) -> None:
    batches = wanted(plain)
    assert len(batches) == 16
    for _ in range(2):
        check(helped, plain, batches)


def test_they_read_while_nobody_asks(
    helped: MultiTaskLoader, plain: MultiTaskLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for instances in helped.instances.values():
        monkeypatch.setattr(instances.store, "_document", None)
    check(helped, plain, wanted(plain))


def test_what_is_not_expected_is_made_all_the_same(helped: MultiTaskLoader, plain: MultiTaskLoader) -> None:
    for batch in helped.ahead(wanted(plain)):
        for task, numbers in (("ner", [5, 2]), ("coref", batch.numbers), ("ner", batch.numbers[1:])):
            assert helped.documents(task, numbers) == plain.documents(task, numbers)
            assert same(helped.tensors(task, numbers), plain.tensors(task, numbers))


def test_batches_that_nobody_waited_for_are_forgotten(
    helped: MultiTaskLoader, plain: MultiTaskLoader
) -> None:
    batches = wanted(plain)
    for taken in (1, 5):
        following = helped.ahead(iter(batches))
        assert [next(following) for _ in range(taken)] == batches[:taken]
        check(helped, plain, batches[2:])


def test_a_worker_that_is_lost_is_done_without(
    build: Build, plain: MultiTaskLoader, caplog: pytest.LogCaptureFixture
) -> None:
    loader, batches = build(1), wanted(plain)
    following = loader.ahead(iter(batches))
    first = next(following)
    (worker,) = loader._ahead._workers._workers
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    with caplog.at_level(logging.WARNING):
        assert [first, *following] == batches
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.getMessage() == (
        "data_loader.workers: a worker was killed by signal 9 (perhaps memory ran out); the run goes on "
        "without workers"
    )
    check(loader, plain, batches)


def test_a_vocabulary_that_was_read_can_be_sent(build: Build, plain: MultiTaskLoader, tmp_path: Path) -> None:
    """Of one that was not counted, which `--recover` and an archive have."""
    plain.instances["ner"]._vocab.save_to_files(str(tmp_path))
    loader = build(1)
    loader.index_with(Vocabulary.from_files(str(tmp_path)))
    check(loader, plain, wanted(plain)[:1])


def test_what_a_worker_cannot_read_is_the_error_that_it_is_without(
    build: Build, plain: MultiTaskLoader
) -> None:
    loader, batches = build(1), wanted(plain)
    path = loader.instances["ner"].store.folder / DOCUMENTS
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"w7", b"w8"))
    try:
        with pytest.raises(ConfigurationError, match=r"the document at byte \d+ is damaged"):
            check(loader, plain, batches)
    finally:
        path.write_bytes(whole)
    check(loader, plain, batches)
