"""Each rule on data: one change to clean data triggers it and no other, in the split where it was made."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checking.small import THIRD, WORDS, changed, corpus, document, found, only, small_config
from hmtl.documents import Document, Relation, Span

CRF = {"type": "crf_tagger", "layer": "mentions"}
SPANS = {"type": "span_classifier", "max_width": 3, "hidden_dim": 4}
PAIRS = {"type": "span_pair_relation", "arguments": {"type": "span_classifier", "hidden_dim": 4}}
Change = Callable[[Document], Document]


def mentions(*spans: Span) -> Change:
    return lambda text: text.replace(mentions=spans, relations=None)


def entities(*spans: Span) -> Change:
    return lambda text: text.replace(entities=spans)


def relations(*pairs: tuple[Span, Span]) -> Change:
    return lambda text: text.replace(relations=[Relation(head, tail, "R") for head, tail in pairs])


def clusters(*listed: tuple[tuple[int, int], ...]) -> Change:
    return lambda text: text.replace(clusters=listed)


A, B, CROSSING, WIDE = Span(1, 2, "A"), Span(4, 4, "A"), Span(6, 9, "A"), Span(1, 6, "A")
COREF = "model__heads__coref__"
# rule, task, head, severity in training and in validation data, the change
CASES = [
    ("across_sentences", "ner", {}, "warning", "warning", entities(A, THIRD, CROSSING)),
    ("across_sentences", "relation", {}, "warning", "warning", relations((A, THIRD), (A, B))),
    ("nested_in_a_flat_tagger", "emd", CRF, "error", "warning", mentions(A, Span(2, 2, "A"))),
    ("nested_in_a_flat_tagger", "emd", CRF | {"nested": "innermost"}, "warning", "warning",
     mentions(A, Span(2, 2, "A"))),
    ("too_wide", "emd", SPANS, "warning", "warning", mentions(A, Span(9, 12, "A"))),
    ("crossing_spans", "emd", SPANS, "warning", "warning", mentions(A, Span(2, 3, "A"))),
    ("arguments_are_no_mentions", "relation", {}, "warning", "warning", relations((A, Span(5, 6, "")))),
    ("self_relations", "relation", {}, "warning", "warning", relations((A, A), (A, B))),
    ("lost_mentions", "coref", {"max_span_width": 3}, "warning", "warning", clusters(((1, 6), (9, 9)))),
    ("lost_mentions", "coref", {}, "warning", "warning", clusters(((6, 9), (10, 10)))),
    ("distant_antecedents", "coref", {"antecedent_window": 5}, "warning", "warning",
     clusters(((0, 0), (15, 15)))),
    ("singletons", "coref", {}, "warning", "warning", clusters(((0, 0), (15, 15)), ((3, 3),))),
    ("too_few_candidates", "coref", {"spans_per_word": 0.15}, "warning", "warning",
     clusters(((0, 0), (2, 2)), ((3, 3), (15, 15)))),
    ("not_annotated", "ner", {}, "warning", "warning", lambda text: text.replace(entities=None)),
    ("nothing_found", "ner", {}, "note", "note", entities()),
    ("same_pair", "relation", {}, "note", "note",
     lambda text: text.replace(relations=[Relation(A, B, "R"), Relation(A, B, "S")])),
    ("no_label", "emd", {}, "warning", "warning", mentions(A, Span(9, 9, ""))),
]  # fmt: skip
ALSO = {"same_pair": ("rare_labels", "new_labels"), "no_label": ("rare_labels", "new_labels"),
        "arguments_are_no_mentions": ("rare_labels",)}  # fmt: skip


def with_head(config: dict, task: str, head: dict) -> dict:
    own = head if "type" in head else {**config["model"]["heads"][task], **head}
    return changed(config, **{f"model__heads__{task}": own})


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize(("rule", "task", "head", "trained", "evaluated", "change"), CASES)
def test_one_document_is_found(rule, task, head, trained, evaluated, change, split, tmp_path):
    documents = corpus()
    documents[split][1] = change(documents[split][1])
    config = with_head(small_config(tmp_path, task, documents), task, head)
    severity = trained if split == "train" else evaluated
    (finding,) = only(config, rule, ("no_forecast", *ALSO.get(rule, ())))
    assert (finding.task, finding.split, finding.severity, finding.count) == (task, split, severity, 1)
    if finding.places:
        assert finding.places[0].startswith(f"{tmp_path / split}.jsonl:2")


@pytest.mark.parametrize("head", [CRF, CRF | {"nested": "outermost"}, SPANS])
def test_flat_narrow_mentions_are_no_finding(head, tmp_path):
    assert found(with_head(small_config(tmp_path, "emd"), "emd", head)) == {}


def test_the_argument_finder_of_a_relation_head_is_looked_at(tmp_path):
    documents = corpus()
    documents["train"][0] = documents["train"][0].replace(mentions=(A, B, THIRD, Span(2, 2, "A")))
    config = small_config(tmp_path, "relation", documents)
    flat = {"type": "span_pair_relation", "arguments": CRF}
    (finding,) = only(with_head(config, "relation", flat), "nested_in_a_flat_tagger")
    assert finding.severity == "error" and finding.amount.startswith("1 of 19 mentions")
    assert found(with_head(config, "relation", PAIRS)) == {}


def test_arguments_that_share_their_last_word_trouble_one_head_alone(tmp_path):
    documents = corpus()
    outer = Span(3, 4, "A")
    documents["test"][0] = relations((outer, B))(documents["test"][0].replace(mentions=(A, outer, B)))
    config = small_config(tmp_path, "relation", documents)
    (finding,) = only(config, "shared_last_words")
    assert finding.split == "test" and finding.count == 1
    assert found(with_head(config, "relation", PAIRS)) == {}


def test_singletons_that_are_expected_and_missing(tmp_path):
    config = with_head(small_config(tmp_path, "coref"), "coref", {"singletons": True})
    findings = only(config, "singletons")
    assert {finding.split for finding in findings} == {"train", "validation", "test"}


def test_speakers_and_genres_that_are_missing(tmp_path):
    documents = corpus()
    told = {split: [text.replace(genre="nw", speakers=("she",) * 16) for text in listed]
            for split, listed in documents.items()}  # fmt: skip
    head = {"speakers": True, "genres": ["nw"]}
    for folder in ("with", "without"):
        (tmp_path / folder).mkdir()
    assert found(with_head(small_config(tmp_path / "with", "coref", told), "coref", head)) == {}
    without = with_head(small_config(tmp_path / "without", "coref"), "coref", head)
    assert len(only(without, "unknown_speakers")) == 4


def relabelled(text: Document, label: str) -> Document:
    first, *others = text.entities or ()
    return text.replace(entities=(first._replace(label=label), *others))


@pytest.mark.parametrize(
    ("split", "on_test", "severity"),
    [("validation", False, "error"), ("test", False, "warning"), ("test", True, "error")],
)
def test_a_label_that_training_lacks(split, on_test, severity, tmp_path):
    documents = corpus()
    documents[split][1] = relabelled(documents[split][1], "B")
    config = changed(small_config(tmp_path, "ner", documents), evaluate_on_test=on_test)
    (finding,) = only(config, "new_labels")
    assert finding.severity == severity and "label 'B'" in finding.cause and "ner_labels" in finding.cause
    assert finding.split == split and finding.places[0].startswith(f"{tmp_path / split}.jsonl:2")
    # one way out of two
    assert found(changed(config, vocabulary__tokens_to_add={"ner_labels": ["B"]})) == {}
    assert found(changed(config, datasets_for_vocab_creation=["train", split])).keys() <= {"unknown_words"}


def test_labels_of_arguments_matter_where_they_are_found(tmp_path):
    documents = corpus()
    documents["validation"][0] = documents["validation"][0].replace(
        mentions=(Span(1, 2, "B"), B, THIRD), relations=[Relation(Span(1, 2, "B"), B, "R")]
    )
    config = small_config(tmp_path, "relation", documents)
    assert found(config) == {}
    (finding,) = only(with_head(config, "relation", PAIRS), "new_labels")
    assert "'B'" in finding.cause and "relation_argument_labels" in finding.cause


def test_rare_labels(tmp_path):
    documents = corpus()
    documents["train"][0] = relabelled(documents["train"][0], "B")
    (finding,) = only(small_config(tmp_path, "ner", documents), "rare_labels")
    assert finding.severity == "note" and finding.cause.endswith(": B 1")


@pytest.mark.parametrize(
    ("seen", "split"), [("train", "validation"), ("train", "test"), ("validation", "test")]
)
def test_a_document_in_two_splits(seen, split, tmp_path):
    documents = corpus()
    documents[split][1] = replace(documents[seen][0], id="another")
    findings = found(small_config(tmp_path, "ner", documents))
    (finding,) = findings["leaked_documents"]
    assert finding.split == split and f"the {seen} data" in finding.cause and finding.severity == "warning"
    assert ("leaked_sentences" in findings) == (seen == "train")


def test_a_sentence_that_another_task_trains_on(tmp_path):
    documents = corpus()
    other = small_config(tmp_path, "ner emd", documents)
    (tmp_path / "own").mkdir()
    documents["validation"][0] = document("elsewhere")
    own = small_config(tmp_path / "own", "ner", {**documents, "train": corpus()["train"][:5]})
    words = (*documents["train"][5].tokens[:8], *document("elsewhere").tokens[8:])
    documents["test"][0] = documents["test"][0].replace(tokens=words, text="", offsets=())
    small_config(tmp_path / "own", "ner", {**documents, "train": corpus()["train"][:5]})
    paths = {key: {**other[key], "ner": own[key]["ner"]} for key in other if key.endswith("_data_path")}
    (finding,) = found(changed(other, **paths))["leaked_sentences"]
    assert finding.task == "ner" and finding.split == "test" and "of task 'emd'" in finding.cause
    assert finding.amount == "1 of 4 different sentences (25.0 %)"


def test_a_document_that_stands_twice(tmp_path):
    documents = corpus()
    documents["train"].append(replace(documents["train"][0], id="again"))
    (finding,) = only(small_config(tmp_path, "ner", documents), "repeated_documents")
    assert finding.places == (f"{tmp_path}/train.jsonl:7",)


def test_words_that_training_lacks(tmp_path):
    documents = corpus()
    text = documents["validation"][0]
    documents["validation"][0] = text.replace(tokens=("Zebra", *text.tokens[1:]), text="", offsets=())
    (finding,) = only(small_config(tmp_path, "ner", documents), "unknown_words")
    # 2 documents of 16 words
    assert finding.amount.startswith("3.1 % of the words") and finding.places == ("“Zebra” 1×",)
    config = small_config(tmp_path, "ner")
    findings = found(changed(config, vocabulary__min_count={"tokens": 10**6}))["unknown_words"]
    assert {finding.severity for finding in findings} == {"warning"}
    assert all(finding.amount.startswith("100.0 %") for finding in findings)


def vectors(folder: Path, words: list[str], dim: int) -> str:
    with gzip.open(folder / "vectors.txt.gz", "wt", encoding="utf-8") as file:
        file.writelines(" ".join([word, *["0.5"] * dim]) + "\n" for word in words)
    return str(folder / "vectors.txt.gz")


def test_a_file_of_vectors(tmp_path):
    key = "model__embedder__token_embedders__words__pretrained_file"
    config = small_config(tmp_path, "ner")
    used = sorted({word for listed in corpus()["train"] for word in listed.tokens})
    (finding,) = only(changed(config, **{key: vectors(tmp_path, WORDS, 8)}), "word_vectors")
    # padding and the unknown word have none
    assert finding.severity == "note" and f"covers {len(used)} of {len(used) + 2} words" in finding.cause
    few = only(changed(config, **{key: vectors(tmp_path, WORDS[:2], 8)}), "word_vectors")
    assert few[0].severity == "warning"
    wrong = only(changed(config, **{key: vectors(tmp_path, WORDS, 7)}), "word_vectors")
    assert wrong[0].severity == "error" and wrong[0].mend == "set embedding_dim to 7"


def test_a_file_that_cannot_be_read(tmp_path):
    config = small_config(tmp_path, "ner emd")
    (tmp_path / "test.jsonl").write_text('{"doc_key": "a", "sentences": [["a"]]}\n{broken\n')
    findings = found(config)
    (finding,) = findings["unreadable_files"]
    assert finding.places[0].startswith(f"{tmp_path}/test.jsonl:2") and finding.severity == "error"
    # a fault of shared data is told once
    assert finding.task == "ner, emd" and finding.split == "test"


def test_what_a_format_warns_of(tmp_path):
    config = small_config(tmp_path, "ner")
    text = (tmp_path / "test.jsonl").read_text()
    (tmp_path / "test.jsonl").write_text(text.replace('{"doc_key"', '{"weight": 1, "doc_key"', 1))
    (finding,) = only(config, "left_out_by_the_format")
    assert 'key "weight" is not read' in finding.cause and finding.severity == "note"


def test_a_vocabulary_from_elsewhere(tmp_path):
    config = changed(small_config(tmp_path, "ner"), vocabulary={"type": "empty"})
    findings = found(config)
    assert {finding.split for finding in findings["new_labels"]} == {"train", "validation", "test"}
    assert "100.0 %" in findings["unknown_words"][0].amount


def test_a_vocabulary_that_cannot_be_made(tmp_path):
    (tmp_path / "empty").mkdir()
    stated = {"type": "from_files", "directory": str(tmp_path / "empty")}
    (finding,) = only(changed(small_config(tmp_path, "ner"), vocabulary=stated), "untold")
    assert finding.severity == "error" and finding.places == ("vocabulary",)


def test_a_transformer_whose_width_only_loading_tells(tmp_path, bert):
    shape = {"type": "pretrained_transformer_mismatched", "model_name": bert}
    embedder = {"type": "stored", "embedder": {**shape, "train_parameters": False}}
    config = changed(
        small_config(tmp_path, "ner"),
        dataset_reader__token_indexers={"pieces": shape},
        model__embedder__token_embedders={"pieces": embedder},
    )
    (finding,) = only(config, "untold")
    assert finding.severity == "note" and "width of pieces is only known" in finding.cause


def test_relations_without_anything_to_learn_arguments_from(tmp_path):
    documents = corpus()
    documents["test"][0] = documents["test"][0].replace(mentions=None, entities=None, relations=())
    config = small_config(tmp_path, "relation", documents)
    assert found(config).keys() == {"nothing_found"}
    (finding,) = only(with_head(config, "relation", PAIRS), "no_arguments", ("nothing_found",))
    assert finding.split == "test" and finding.amount == "1 of 2 documents (50.0 %)"
