"""The readers of all tasks together."""

import logging
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader

from hmtl.dataset_readers import MultiTaskReader
from hmtl.documents import LAYERS, Document
from hmtl.formats import Conll2003, Format, Jsonl

JSONL = {"type": "jsonl"}


def reader(formats: dict[str, object] | None = None, **readers: str) -> MultiTaskReader:
    formats = formats or {}
    tasks = {task: {"type": type_, "format": formats.get(task, JSONL)} for task, type_ in readers.items()}
    indexers = {"words": {"type": "single_id"}}
    return DatasetReader.from_params(Params({"type": "hmtl", "readers": tasks, "token_indexers": indexers}))


def sizes(built: MultiTaskReader, data_path: object) -> dict[str, int]:
    return {task: len(list(instances)) for task, instances in built.read_tasks(data_path)}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that formats have opened."""
    paths: list[Path] = []
    before = Format.open
    monkeypatch.setattr(Format, "open", lambda self, path: paths.append(path) or before(self, path))
    return paths


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
    assert sizes(reader(ner="ner", coref="coref"), str(path)) == {"ner": 3, "coref": 2}


@pytest.mark.parametrize("by_task", [False, True])
def test_a_file_of_several_tasks_is_read_once(path: Path, opened: list[Path], by_task: bool) -> None:
    built = reader(ner="ner", relation="relation", coref="coref")
    data_path = dict.fromkeys(built.readers, str(path)) if by_task else str(path)
    assert sizes(built, data_path) == {"ner": 3, "relation": 3, "coref": 2}
    assert opened == [path]
    assert sizes(built, data_path) == {"ner": 3, "relation": 3, "coref": 2} and len(opened) == 2


def test_a_file_is_read_again_with_other_settings(path: Path, opened: list[Path]) -> None:
    built = reader({"emd": {"type": "jsonl", "max_megabytes": 7}}, ner="ner", emd="emd", coref="coref")
    assert sizes(built, str(path)) == {"ner": 3, "emd": 3, "coref": 2} and len(opened) == 2


def test_each_task_takes_what_carries_its_layer(
    tmp_path: Path, documents: list[Document], caplog: pytest.LogCaptureFixture
) -> None:
    mixed = [documents[0].replace(clusters=None), documents[1].replace(entities=None, relations=None)]
    Jsonl().write(mixed, tmp_path / "d.jsonl")
    built = reader(ner="ner", emd="emd", relation="relation", coref="coref")
    with caplog.at_level(logging.WARNING):
        assert sizes(built, str(tmp_path / "d.jsonl")) == {"ner": 2, "emd": 3, "relation": 2, "coref": 1}
    told = [r.getMessage() for r in caplog.records if "leaves out" in r.getMessage()]
    assert [message.split("'")[1] for message in told] == ["ner", "relation", "coref"]


def test_of_one_path_for_all_the_tasks_without_gold_are_named(
    tmp_path: Path, documents: list[Document], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "d.jsonl"
    Jsonl().write([document.replace(clusters=None, entities=None) for document in documents], path)
    built = reader(ner="ner", emd="emd", coref="coref")
    with caplog.at_level(logging.WARNING):
        assert sizes(built, str(path)) == {"emd": 3}
    assert [r.getMessage() for r in caplog.records if "no data" in r.getMessage()] == [
        f"{path}: no document is annotated with entities; task 'ner' has no data there",
        f"{path}: no document is annotated with clusters; task 'coref' has no data there",
    ]
    with pytest.raises(ConfigurationError, match=r"d\.jsonl: no document is annotated with entities"):
        sizes(built, {"ner": str(path), "emd": str(path)})
    Jsonl().write([document.bare() for document in documents], path)
    with pytest.raises(ConfigurationError, match=r"d\.jsonl: no document is annotated with clusters"):
        sizes(built, str(path))


def test_of_formats_that_differ_one_path_has_the_one_it_looks_like(
    tmp_path: Path, path: Path, documents: list[Document]
) -> None:
    built = reader({"ner": {"type": "conll2003"}}, ner="ner", coref="coref")
    assert sizes(built, str(path)) == {"ner": 3, "coref": 2}
    form = Conll2003()
    form.write([form.fit(document) for document in documents], tmp_path / "d.conll")
    assert sizes(built, str(tmp_path / "d.conll")) == {"ner": 3}
    with pytest.raises(ConfigurationError, match=r"data\.jsonl:\d: "):
        sizes(built, {"ner": str(path)})


SPANS = {"type": "spans"}


@pytest.mark.parametrize(
    ("formats", "stated", "splitting", "of_formats"),
    [
        ({}, {}, ("en", None), []),
        ({"a": SPANS}, {}, ("en", None), [("en", None)]),
        ({"a": SPANS}, {"language": "ar"}, ("ar", None), [("ar", None)]),
        ({"a": SPANS | {"language": "zh"}, "b": SPANS}, {}, ("zh", None), [("zh", None)] * 2),
        ({"a": SPANS | {"language": "zh"}, "b": SPANS}, {"language": "de"}, ("de", None),
         [("zh", None), ("de", None)]),
        ({"a": SPANS | {"language": "zh"}, "b": SPANS | {"language": "ar"}}, {}, ("en", None),
         [("zh", None), ("ar", None)]),
        ({"a": SPANS, "b": SPANS | {"pipeline": "mine"}}, {"language": "he"}, ("he", None),
         [("he", None), (None, "mine")]),
        ({"a": SPANS}, {"pipeline": "mine"}, ("en", "mine"), [("en", "mine")]),
    ],
)  # fmt: skip
def test_the_language_of_raw_text(formats, stated, splitting, of_formats) -> None:
    tasks = {task: {"type": "ner", "format": form} for task, form in formats.items()}
    tasks = tasks or {"a": {"type": "ner", "format": JSONL}}
    built = DatasetReader.from_params(Params({"type": "hmtl", "readers": tasks, **stated}))
    assert (built.language, built.pipeline) == splitting
    found = [(built.readers[task].format.language, built.readers[task].format.pipeline) for task in formats]
    assert found == of_formats


def test_an_unknown_language() -> None:
    tasks = {"ner": {"type": "ner", "format": JSONL}}
    with pytest.raises(ConfigurationError, match="spaCy has no language 'qq'; choose") as error:
        DatasetReader.from_params(Params({"type": "hmtl", "readers": tasks, "language": "qq"}))
    assert "\n" not in str(error.value)


def test_any_file_can_be_predicted_and_gold_is_left_behind(
    path: Path, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HMTL_DATA", str(path.parent))
    instances = list(reader(ner="ner").read("$HMTL_DATA/data.jsonl"))
    found = [instance["documents"].document for instance in instances]
    assert [document.tokens for document in found] == [document.tokens for document in documents]
    assert all(getattr(document, layer) is None for document in found for layer in LAYERS)
