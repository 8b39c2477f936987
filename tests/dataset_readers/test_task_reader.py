"""The readers of the four tasks."""

import logging
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Vocabulary

from hmtl.dataset_readers import TaskReader
from hmtl.documents import Document
from hmtl.formats import Jsonl


def reader(type_: str, **config: object) -> TaskReader:
    return DatasetReader.from_params(
        Params({"type": type_, "format": {"type": "jsonl"}, "task": type_, **config})
    )


def found(instances: list[Instance]) -> list[Document]:
    return [instance["documents"].document for instance in instances]


@pytest.mark.parametrize(
    ("type_", "layer", "sizes"),
    [("ner", "entities", [2, 0, 0]), ("emd", "mentions", [2, 1, 0]), ("relation", "relations", [1, 0, 0])],
)
def test_a_sentence_is_an_instance(type_: str, layer: str, sizes: list[int], path: Path) -> None:
    instances = list(reader(type_).read(path))
    assert [len(getattr(document, layer)) for document in found(instances)] == sizes
    assert [len(instance["tokens"]) for instance in instances] == [1, 1, 1]
    assert [str(instance["tokens"]) for instance in instances] == [
        "Ann met Bob .",
        "The ship sank .",
        "Rain fell",
    ]


def test_coreference_keeps_documents_whole(path: Path, documents: list[Document]) -> None:
    instances = list(reader("coref").read(path))
    assert [document.tokens for document in found(instances)] == [document.tokens for document in documents]
    assert [document.clusters for document in found(instances)] == [
        document.clusters for document in documents
    ]
    assert [len(instance["tokens"]) for instance in instances] == [2, 1]


@pytest.mark.parametrize(
    ("type_", "namespaces"),
    [
        ("ner", {"ner_labels": {"PER"}}),
        ("emd", {"emd_labels": {"PER", "VEH"}}),
        ("relation", {"relation_labels": {"SOC"}, "relation_argument_labels": {"PER", "VEH"}}),
        ("coref", {}),
    ],
)
def test_labels_have_a_namespace_of_the_task(type_: str, namespaces: dict[str, set[str]], path: Path) -> None:
    vocab = Vocabulary.from_instances(reader(type_).read(path))
    known = {
        name: set(vocab.get_token_to_index_vocabulary(name))
        for name in vocab.get_namespaces()
        if name != "tokens"
    }
    assert known == namespaces


def test_a_second_task_of_one_type_has_labels_of_its_own(path: Path) -> None:
    vocab = Vocabulary.from_instances(reader("ner", task="fine").read(path))
    assert vocab.get_token_to_index_vocabulary("fine_labels") == {"PER": 0}
    assert "ner_labels" not in vocab.get_namespaces()


def test_layer_of_choice(path: Path) -> None:
    assert [
        len(document.mentions) for document in found(list(reader("ner", layer="mentions").read(path)))
    ] == [2, 1, 0]


def test_arguments_are_entities_where_there_are_no_mentions(
    tmp_path: Path, documents: list[Document]
) -> None:
    first = documents[0].replace(mentions=None, relations=documents[0].relations[:1])
    Jsonl().write([first], tmp_path / "d.jsonl")
    vocab = Vocabulary.from_instances(reader("relation").read(tmp_path / "d.jsonl"))
    assert set(vocab.get_token_to_index_vocabulary("relation_argument_labels")) == {"PER"}


def test_where_some_have_mentions_the_entities_of_others_are_no_arguments(
    tmp_path: Path, documents: list[Document], caplog: pytest.LogCaptureFixture
) -> None:
    entities = (*documents[0].entities, (4, 5, "SHIP"))
    ship = documents[0].replace(
        id="ship", entities=entities, mentions=None, relations=documents[0].relations[:1]
    )
    unlearned = ship.replace(id="none", relations=None)
    Jsonl().write([documents[0], ship, unlearned], tmp_path / "d.jsonl")
    with caplog.at_level(logging.WARNING):
        instances = list(reader("relation").read(tmp_path / "d.jsonl"))
    assert "no arguments from 1 of 2 documents" in caplog.text
    assert [document.entities for document in found(instances)][2:] == [None, None]
    vocab = Vocabulary.from_instances(instances)
    assert set(vocab.get_token_to_index_vocabulary("relation_argument_labels")) == {"PER", "VEH"}


def test_annotation_across_sentences_is_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        list(reader("relation").read(path))
        list(reader("emd").read(path))
    (message,) = [record.getMessage() for record in caplog.records if "cross" in record.getMessage()]
    assert "'relation'" in message and "1 relations" in message and "data.jsonl:1" in message


def test_unannotated_documents_are_skipped_and_told(
    tmp_path: Path, documents: list[Document], caplog: pytest.LogCaptureFixture
) -> None:
    Jsonl().write([documents[0], documents[1].bare()], tmp_path / "d.jsonl")
    with caplog.at_level(logging.WARNING):
        assert len(list(reader("ner").read(tmp_path / "d.jsonl"))) == 2
    assert [
        r.getMessage()
        for r in caplog.records
        if r.getMessage().endswith(
            "d.jsonl: task 'ner' leaves out 1 of 2 documents, which are not annotated with entities"
        )
    ]


def test_a_file_without_the_layer_is_an_error(tmp_path: Path, documents: list[Document]) -> None:
    Jsonl().write([document.bare() for document in documents], tmp_path / "d.jsonl")
    with pytest.raises(
        ConfigurationError, match=r"d\.jsonl: no document is annotated with clusters.*'coref'"
    ):
        list(reader("coref").read(tmp_path / "d.jsonl"))


def test_a_format_without_the_layer_is_an_error() -> None:
    with pytest.raises(
        ConfigurationError, match=r"readers\.coref\.format: 'conll2003' carries no clusters \(it carries"
    ):
        reader("coref", format={"type": "conll2003"})


@pytest.mark.parametrize("type_", ["ner", "emd", "relation"])
def test_clusters_are_not_for_readers_of_sentences(type_: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"readers\.{type_}\.layer: clusters .* reader `coref`"):
        reader(type_, layer="clusters")


def test_text_to_instance_takes_what_is_not_annotated() -> None:
    instance = reader("ner").text_to_instance(Document("d", ("Ann", "sang")))
    assert instance["documents"].labels == {"ner_labels": []}
