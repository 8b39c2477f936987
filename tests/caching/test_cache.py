import json
import logging
import multiprocessing
import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.caching import CorpusCache, Store
from hmtl.caching import cache as caching
from hmtl.caching.entry import ABOUT
from hmtl.caching.store import DOCUMENTS, INDEX
from hmtl.dataset_readers import CorefReader, NerReader, TaskReader
from hmtl.dataset_readers.task_reader import Corpus, NotAnnotated
from hmtl.documents import Document, Span
from hmtl.formats import Brat, Conll2003, Format, Jsonl

NOTICE = "is written anew"


def corpus(folder: Path, count: int = 5, word: str = "said") -> Path:
    """Documents of two sentences, in each a name and another that crosses the sentences' border."""
    documents = [
        Document(
            f"d{i}",
            ("Ada", word, "so", str(i)),
            ((0, 1), (2, 3)),
            entities=(Span(0, 0, "PER"), Span(1, 2, "X")),
        )
        for i in range(count)
    ]
    Jsonl().write(documents, folder / "data.jsonl")
    return folder / "data.jsonl"


def opened(
    cache: Path,
    path: Path,
    reader: TaskReader | None = None,
    spoil: Callable[[Iterator[Document]], Iterator[Document]] = lambda documents: documents,
) -> tuple[Store, bool]:
    """The store, and whether the corpus was read for it."""
    reader, read = reader or NerReader(Jsonl()), []

    def documents() -> Iterator[Document]:
        read.append(path)
        return spoil(reader.parts(Corpus(str(path), reader.format.read(path))))

    return CorpusCache(cache).open(reader, reader.format, str(path), documents), bool(read)


def entry(cache: Path) -> Path:
    (folder,) = (path for path in cache.iterdir() if path.is_dir())
    return folder


@pytest.mark.parametrize("kind", [NerReader, CorefReader])
def test_what_is_kept_is_what_was_read(tmp_path: Path, kind: type[TaskReader]) -> None:
    reader, path = kind(Jsonl(), layer="entities"), corpus(tmp_path)
    expected = list(reader.parts(path))
    first, was_read = opened(tmp_path / "cache", path, reader)
    second, was_read_again = opened(tmp_path / "cache", path, reader)
    assert list(first) == list(second) == expected and len(expected) == (10 if kind is NerReader else 5)
    assert (was_read, was_read_again) == (True, False)


def test_warnings_are_said_once_each_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = corpus(tmp_path)
    with caplog.at_level(logging.WARNING):
        list(NerReader(Jsonl()).parts(str(path)))
        expected = [(record.name, record.getMessage()) for record in caplog.records]
        assert "5 entities that cross the end of a sentence" in expected[0][1]
        for _ in range(3):
            caplog.clear()
            opened(tmp_path / "cache", path)
            assert [(record.name, record.getMessage()) for record in caplog.records] == expected


def test_every_way_to_read_has_a_place_of_its_own(tmp_path: Path) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    readers = [NerReader(Jsonl()), NerReader(Jsonl(), task="names"), CorefReader(Jsonl(), layer="entities")]
    readers.append(NerReader(Jsonl(max_megabytes=5)))
    assert [opened(cache, path, reader)[1] for reader in readers * 2] == [True] * 4 + [False] * 4
    names = {folder.name.rsplit("-", 1)[0] for folder in cache.iterdir() if folder.is_dir()}
    assert names == {"entities-data.jsonl", "names-data.jsonl"}


def test_a_changed_corpus_is_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    opened(cache, path)
    corpus(tmp_path, word="says")
    caplog.clear()
    store, was_read = opened(cache, path)
    assert was_read and store[0].tokens == ("Ada", "says")
    assert [m for m in caplog.messages if NOTICE in m] == [
        f"{entry(cache)}: is of another state of the corpus; it {NOTICE}"
    ]
    # the same bytes as before, written again
    path.write_bytes(path.read_bytes())
    assert not opened(cache, path)[1] and not opened(cache, path)[1]


def test_a_file_beside_belongs_to_the_corpus(tmp_path: Path) -> None:
    reader = NerReader(Brat(layer="entities"))
    (tmp_path / "a.txt").write_text("Ada said so")
    (tmp_path / "a.ann").write_text("T1\tPER 0 3\tAda\n")
    assert [opened(tmp_path / "cache", tmp_path / "a.ann", reader)[1] for _ in range(2)] == [True, False]
    (tmp_path / "a.txt").write_text("Ada says so")
    store, was_read = opened(tmp_path / "cache", tmp_path / "a.ann", reader)
    assert was_read and store[0].tokens == ("Ada", "says", "so")


def test_a_new_file_in_a_folder_is_read(tmp_path: Path) -> None:
    folder, cache = tmp_path / "data", tmp_path / "cache"
    folder.mkdir()
    shutil.copy(corpus(tmp_path, 3), folder / "a.jsonl")
    assert [opened(cache, folder)[1] for _ in range(2)] == [True, False]
    (folder / "b.jsonl").write_text('{"doc_key": "new", "sentences": [["a"]], "ner": [[]]}\n')
    store, was_read = opened(cache, folder)
    assert was_read and len(store) == 7


def test_a_cache_inside_the_corpus_is_refused(tmp_path: Path) -> None:
    """The format would read what the cache writes."""
    corpus(tmp_path)
    with pytest.raises(
        ConfigurationError, match=r"cache lies in the corpus .* would become part of it; name"
    ):
        opened(tmp_path / "deep" / "cache", tmp_path)


def test_other_code_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = corpus(tmp_path)
    opened(tmp_path / "cache", path)
    monkeypatch.setattr(caching, "code", lambda *kinds: "mended")
    assert [opened(tmp_path / "cache", path)[1] for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "about",
    ["", "[]", "{}", '{"made_of": 1}', "[" * 100000, "\x00", None, {"instances": 3}, {"instances": "x"},
     {"files": []}, {"files": {"a": {"digest": 1}}}, {"remarks": [1]}, {"bytes": None}, {"check": 1.5}],
)  # fmt: skip
def test_a_damaged_or_foreign_folder_is_written_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, about: str | dict[str, Any] | None
) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    expected = list(opened(cache, path)[0])
    file = entry(cache) / ABOUT
    if about is None:
        file.unlink()
    else:
        whole = json.loads(file.read_text())
        file.write_text(about if isinstance(about, str) else json.dumps(whole | about))
    caplog.clear()
    store, was_read = opened(cache, path)
    assert was_read and list(store) == expected
    (notice,) = (message for message in caplog.messages if NOTICE in message)
    assert "\n" not in notice and notice.startswith(str(entry(cache)))
    assert not opened(cache, path)[1]


@pytest.mark.parametrize("name", [DOCUMENTS, INDEX])
def test_a_cut_file_is_written_anew(tmp_path: Path, name: str) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    expected = list(opened(cache, path)[0])
    os.truncate(entry(cache) / name, 10)
    store, was_read = opened(cache, path)
    assert was_read and list(store) == expected


def test_nothing_is_kept_of_what_could_not_be_read(tmp_path: Path) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    with path.open("a") as file:
        file.write("{\n")
    with pytest.raises(ConfigurationError, match=r"data\.jsonl:6: is no JSON"):
        opened(cache, path)
    with pytest.raises(NotAnnotated, match="no document is annotated with clusters"):
        opened(cache, corpus(tmp_path), CorefReader(Jsonl()))
    with pytest.raises(ConfigurationError, match="no such file"):
        opened(cache, tmp_path / "none.jsonl")
    assert not [path for path in cache.iterdir() if path.suffix != ".lock"]


def test_a_corpus_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = corpus(tmp_path)

    def spoil(documents: Iterator[Document]) -> Iterator[Document]:
        yield from documents
        path.write_text(path.read_text() + "\n")

    with pytest.raises(ConfigurationError, match="has changed while it was read"):
        opened(tmp_path / "cache", path, spoil=spoil)
    assert opened(tmp_path / "cache", path)[1]


def in_a_process(run: Callable[[], None]) -> multiprocessing.Process:
    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    return child


@pytest.mark.parametrize("moment", [0, 1, 6, 10])
def test_a_killed_writer_leaves_nothing_broken(tmp_path: Path, moment: int) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    before = list(opened(cache, path)[0])
    corpus(tmp_path, word="says")

    def dying(documents: Iterator[Document]) -> Iterator[Document]:
        for number, document in enumerate(documents):
            if number == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            yield document
        os.kill(os.getpid(), signal.SIGKILL)

    child = in_a_process(lambda: opened(cache, path, spoil=dying))
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert list(cache.glob("*.part"))
    store, was_read = opened(cache, path)
    assert was_read and len(store) == len(before) and store[0].tokens == ("Ada", "says")
    assert not list(cache.glob("*.part"))


def test_processes_at_once_read_the_corpus_once(tmp_path: Path) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"

    def run() -> None:
        def noted(documents: Iterator[Document]) -> Iterator[Document]:
            (tmp_path / f"read-{os.getpid()}").touch()
            yield from documents

        store, _ = opened(cache, path, spoil=noted)
        (tmp_path / f"got-{os.getpid()}").write_text(str(len(list(store))))

    children = [in_a_process(run) for _ in range(4)]
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert [file.read_text() for file in tmp_path.glob("got-*")] == ["10"] * 4
    assert len(list(tmp_path.glob("read-*"))) == 1


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    path, cache = corpus(tmp_path, 500), tmp_path / "cache"
    before = list(opened(cache, path)[0])
    corpus(tmp_path, 400)

    def run() -> None:
        # a file cannot become larger: the system's own error, as that of a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            opened(cache, path)
        except ConfigurationError as error:
            print(error, file=(tmp_path / "said").open("w"))

    in_a_process(run).join()
    (said,) = (tmp_path / "said").read_text().splitlines()
    assert "cannot be written (File too large); make room, or name another place as data_loader.cache" in said
    assert not list(cache.glob("*.part"))
    corpus(tmp_path, 500)
    store, was_read = opened(cache, path)
    assert list(store) == before and not was_read


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    opened(cache, path, NerReader(Jsonl(), task="../../x/y z"))
    assert entry(cache).parent == cache and "_x_y_z-data.jsonl" in entry(cache).name


def test_a_cache_that_cannot_be_locked_or_written_serves_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, cache = corpus(tmp_path), tmp_path / "cache"
    expected = list(opened(cache, path)[0])

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(caching.fcntl, "flock", refuse)
    store, was_read = opened(cache, path)
    assert list(store) == expected and not was_read


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"data\.jsonl: cannot be written"):
        CorpusCache(corpus(tmp_path))


def test_columns_know_their_scheme_from_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("Ada I-PER\n\nEve I-PER\nAda B-PER\n")
    form: Format = Conll2003()
    store, _ = opened(tmp_path / "cache", tmp_path / "a.conll", NerReader(form))
    assert [document.entities for document in store] == [
        (Span(0, 0, "PER"),),
        (Span(0, 0, "PER"), Span(1, 1, "PER")),
    ]
