"""The head that tags flat spans."""

import logging

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from hmtl.documents import Span
from hmtl.heads import CrfTagger, Head


@pytest.fixture
def make_head(build_head):
    def make(labels=("PER", "ORG"), **arguments):
        return build_head(CrfTagger, "ner", labels, **arguments)

    return make


@pytest.fixture
def documents(make_document):
    return [
        make_document([4, 3], entities=[(0, 1, "PER"), (3, 3, "ORG"), (4, 6, "ORG")]),
        make_document([5], entities=[]),
    ]


@pytest.mark.parametrize("encoding", ["BIO", "BIOUL"])
@pytest.mark.parametrize("layer", ["entities", "mentions"])
def test_learns_a_tiny_problem(make_head, make_level, documents, encoding, layer):
    if layer == "mentions":
        documents = [d.replace(mentions=d.entities, entities=None) for d in documents]
    head, level = make_head(encoding=encoding, layer=layer, dropout=0.0), make_level(documents)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.2)
    for _ in range(60):
        optimizer.zero_grad()
        head(level, documents, supervised=True)["loss"].backward()
        optimizer.step()
    output = head.eval()(level, documents, supervised=True)
    # in the documents' own tokens, though the first has two rows
    assert output["annotations"] == [getattr(document, layer) for document in documents]
    assert head.get_metrics(reset=True) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_is_registered_and_its_defaults_are_the_originals(make_vocab):
    extras = {"vocab": make_vocab("ner", ["PER"]), "task": "ner", "input_dim": 3, "output_dim": 5}
    head = Head.from_params(Params({"type": "crf_tagger"}), **extras)
    assert head.dropout.p == 0.2 and head.layer == "entities" and head.main_metric == "+f1"
    assert head.tag_set.names == ["O", "B-PER", "I-PER", "U-PER", "L-PER"]


def test_padding_changes_nothing(make_head, make_level, documents):
    head = make_head().eval()
    plain, padded = (head(make_level(documents, padding=n), documents, supervised=True) for n in (0, 4))
    torch.testing.assert_close(plain["loss"], padded["loss"])
    assert plain["annotations"] == padded["annotations"]


def test_loss_is_a_sum_over_documents(make_head, make_document, make_level):
    head = make_head().eval()
    documents = [
        make_document([3, 2], entities=[(0, 1, "PER")]),
        make_document([4], entities=[(1, 3, "ORG")]),
    ]
    level = make_level(documents)
    parts = []
    for document, rows in zip(documents, (slice(0, 2), slice(2, 3)), strict=True):
        part = type(level)(level.inputs[rows], level.outputs[rows], level.mask[rows])
        parts.append(head(part, [document], supervised=True)["loss"])
    torch.testing.assert_close(head(level, documents, supervised=True)["loss"], sum(parts))


def test_gradients_reach_all_parameters_and_words_alone(make_head, make_level, documents):
    head, level = make_head(), make_level(documents, padding=2, requires_grad=True)
    head(level, documents, supervised=True)["loss"].backward()
    assert all(p.grad.abs().sum() > 0 for p in head.parameters())
    assert (
        level.outputs.grad[level.mask].abs().sum(1).gt(0).all()
        and level.outputs.grad[~level.mask].eq(0).all()
    )


def test_training_does_not_decode(make_head, make_level, documents, monkeypatch):
    head = make_head().train()
    monkeypatch.setattr(head.crf, "best_tags", None)
    assert set(head(make_level(documents), documents, supervised=True)) == {"loss"}


def test_prediction_reads_no_annotation(make_head, make_level, documents):
    head, level = make_head().eval(), make_level(documents)
    bare = head(level, [document.bare() for document in documents], supervised=False)
    assert set(bare) == {"annotations"}
    assert bare["annotations"] == head(level, documents, supervised=True)["annotations"]


def test_unknown_label_names_the_place(make_head, make_level, make_document):
    documents = [make_document([3], entities=[(0, 0, "GPE")])]
    with pytest.raises(
        ConfigurationError, match="^data.txt:7: label 'GPE' is not among the labels of task 'ner'"
    ):
        make_head()(make_level(documents), documents, supervised=True)


def nested(make_document):
    return [make_document([6], entities=[(0, 3, "ORG"), (2, 3, "PER"), (3, 3, "ORG"), (5, 5, "PER")])]


def test_overlap_is_an_error_in_training_alone(make_head, make_level, make_document):
    documents = nested(make_document)
    head, level = make_head(), make_level(documents)
    with pytest.raises(ConfigurationError) as error:
        head(level, documents, supervised=True)
    assert str(error.value).startswith("data.txt:7: entities (0, 3, 'ORG') and (2, 3, 'PER') overlap")
    assert "set model.heads.ner.type to span_classifier" in str(error.value) and "\n" not in str(error.value)
    output = head.eval()(level, documents, supervised=True)
    assert output["loss"].isfinite()


@pytest.mark.parametrize(
    "choice, kept",
    [("outermost", [(0, 3, "ORG"), (5, 5, "PER")]), ("innermost", [(3, 3, "ORG"), (5, 5, "PER")])],
)
def test_nested_gold_trains_on_the_choice_and_is_scored_in_full(
    make_head, make_level, make_document, choice, kept
):
    documents = nested(make_document)
    flat = [documents[0].replace(entities=kept)]
    head, level = make_head(nested=choice, dropout=0.0), make_level(documents)
    loss = head(level, documents, supervised=True)["loss"]
    torch.testing.assert_close(loss, head(level, flat, supervised=True)["loss"])
    head.measure([tuple(Span(*span) for span in kept)], documents)
    assert head.get_metrics()["recall"] == 2 / 4 and head.get_metrics()["precision"] == 1.0


def test_gold_across_sentences_is_missed_and_told(make_head, make_level, make_document, caplog):
    caplog.set_level(logging.WARNING)
    documents = [make_document([2, 2], entities=[(1, 2, "PER"), (3, 3, "ORG")])]
    head, level = make_head(dropout=0.0), make_level(documents)
    without = [documents[0].replace(entities=[(3, 3, "ORG")])]
    loss = head(level, documents, supervised=True)["loss"]
    torch.testing.assert_close(loss, head(level, without, supervised=True)["loss"])
    head.measure([(Span(3, 3, "ORG"),)], documents)
    assert head.get_metrics(reset=True)["recall"] == 0.5
    assert caplog.messages == [
        "ner: 1 gold spans could not be trained on: they cross the end of a sentence; "
        "they count as missed in evaluation"
    ]


def test_scores_of_each_label_on_request(make_head):
    head = make_head(per_label=True)
    head.measure(
        [(Span(0, 0, "PER"),)], [type("D", (), {"entities": (Span(0, 0, "PER"), Span(1, 1, "ORG"))})]
    )
    assert head.get_metrics()["f1_PER"] == 1.0 and head.get_metrics()["f1_ORG"] == 0.0


def test_wrong_arguments_name_the_key(make_head):
    with pytest.raises(
        ConfigurationError, match="model.heads.ner.nested: 'all' is unknown; choose outermost or innermost"
    ):
        make_head(nested="all")
    with pytest.raises(ConfigurationError, match="model.heads.ner.layer: 'clusters'"):
        make_head(layer="clusters")


def test_a_task_without_labels_finds_nothing(make_head, make_level, make_document):
    documents = [make_document([3], entities=[])]
    output = make_head(labels=()).eval()(make_level(documents), documents, supervised=True)
    assert output["annotations"] == [()] and output["loss"].item() == pytest.approx(0.0, abs=1e-6)
