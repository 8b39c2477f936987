"""The head that classifies spans, against loops over spans."""

import logging
import math

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmtl.backbones.level import Level
from hmtl.documents import Span
from hmtl.heads import Head, SpanClassifier, span_biaffine

LABELS = ["PER", "GPE", "ORG"]


@pytest.fixture
def make_head(build_head):
    def make(labels=LABELS, **arguments):
        return build_head(SpanClassifier, "emd", labels, **arguments)

    return make


@pytest.fixture
def documents(make_document):
    return [
        make_document(
            [6, 3], mentions=[(0, 4, "PER"), (0, 1, "ORG"), (3, 4, "GPE"), (6, 8, "PER"), (7, 7, "GPE")]
        ),
        make_document([2], mentions=[]),
        make_document([1], mentions=[(0, 0, "PER")]),
    ]


def span_scores(head, words):
    """`{(start, end): scores of the labels}` of one sentence, `(tokens, dim)`, by the equation in the class
    docstring."""
    biaffine, zero, count = head.biaffine, torch.zeros_like(words[0]), len(words)
    before = [zero, *words[:-1]]
    after = [*words[1:], zero]
    starts = [biaffine.start(torch.cat([before[i], words[i]])).relu() for i in range(count)]
    ends = [biaffine.end(torch.cat([words[i], after[i]])).relu() for i in range(count)]
    inside = [biaffine.inside(word) for word in words]
    u, w, v = biaffine.weight[:, :-1, :-1], biaffine.weight[:, :-1, -1], biaffine.weight[:, -1, :-1]
    scores = {}
    for i in range(count):
        for j in range(i, min(count, i + (head.max_width or count))):
            linear = w @ starts[i] + v @ ends[j] + biaffine.weight[:, -1, -1]
            mean = torch.stack(inside[i : j + 1]).mean(0)
            scores[i, j] = (u @ ends[j]) @ starts[i] + linear + mean + biaffine.width_bias[:, min(j - i, 31)]
    return scores


def expected_loss(head, documents, level):
    row, total = 0, torch.zeros((), dtype=level.outputs.dtype)
    for document in documents:
        for first, last in document.sentences:
            scores = span_scores(head, level.outputs[row, : last - first + 1])
            for (i, j), score in scores.items():
                gold = [
                    LABELS.index(m.label) for m in document.mentions if m.bounds == (first + i, first + j)
                ]
                log_probabilities = torch.cat([score, score.new_zeros(1)]).log_softmax(0)
                total = total - sum(log_probabilities[label] for label in gold or [-1])
            row += 1
    return total


def expected_spans(head, documents, level):
    row, annotations = 0, []
    for document in documents:
        spans = []
        for first, last in document.sentences:
            scores = span_scores(head, level.outputs[row, : last - first + 1])
            kept = []
            for (i, j), score in sorted(scores.items(), key=lambda item: -item[1].max().item()):
                crosses = any(i < a <= j < b or a < i <= b < j for a, b in kept)
                if score.max() > 0 and not crosses:
                    kept.append((i, j))
                    spans.append(Span(first + i, first + j, LABELS[score.argmax()]))
            row += 1
        annotations.append(tuple(sorted(spans)))
    return annotations


def shake(head):
    """Scores on both sides of zero."""
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.normal_(std=0.5)
        head.biaffine.weight[:, -1, -1] = -1.0
    return head.double().eval()


def double(level):
    return Level(level.inputs.double(), level.outputs.double(), level.mask)


@pytest.mark.parametrize("max_width, cells", [(3, 1), (3, 300), (1, 1 << 23), (6, 1 << 23), (None, 1000)])
def test_loss_gradient_and_spans_are_those_of_a_loop(
    make_head, make_level, make_document, documents, monkeypatch, max_width, cells
):
    monkeypatch.setattr(span_biaffine, "MAX_CELLS", cells)
    twice_labelled = [(2, 7, "ORG"), (2, 7, "PER")]
    if max_width is None:
        twice_labelled.append((1, 34, "ORG"))
    documents.append(make_document([36 if max_width is None else 9], mentions=twice_labelled))
    head, level = shake(make_head(max_width=max_width)), double(make_level(documents, padding=2))
    output = head(level, documents, supervised=True)
    # gold that is too wide has no span in the loop either
    expected = expected_loss(head, documents, level)
    torch.testing.assert_close(output["loss"], expected, rtol=1e-9, atol=1e-9)
    gradients = [torch.autograd.grad(x, list(head.parameters())) for x in (output["loss"], expected)]
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-8)
    predictions = expected_spans(head, documents, level)
    assert output["annotations"] == predictions and any(predictions)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    seed=st.integers(0, 99),
    width=st.integers(1, 9),
)
def test_any_sizes(make_head, make_level, make_document, lengths, seed, width):
    torch.manual_seed(seed)
    documents = [
        make_document(lengths, mentions=[(0, 0, "PER")]),
        make_document([3], mentions=[(1, 2, "ORG")]),
    ]
    head, level = shake(make_head(max_width=width)), double(make_level(documents, seed=seed))
    output = head(level, documents, supervised=True)
    torch.testing.assert_close(output["loss"], expected_loss(head, documents, level), rtol=1e-9, atol=1e-9)
    assert output["annotations"] == expected_spans(head, documents, level)


@pytest.mark.parametrize("layer", ["entities", "mentions"])
def test_learns_a_tiny_nested_problem(make_head, make_level, documents, layer):
    if layer == "entities":
        documents = [d.replace(entities=d.mentions, mentions=None) for d in documents]
    head, level = make_head(dropout=0.0, layer=layer), make_level(documents)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.02)
    for _ in range(80):
        optimizer.zero_grad()
        head(level, documents, supervised=True)["loss"].backward()
        optimizer.step()
    output = head.eval()(level, documents, supervised=True)
    # in the documents' own tokens, though the first has two rows
    assert output["annotations"] == [getattr(document, layer) for document in documents]
    assert head.get_metrics(reset=True) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_is_registered(make_vocab):
    extras = {"vocab": make_vocab("emd", LABELS), "task": "emd", "input_dim": 3, "output_dim": 5}
    head = Head.from_params(Params({"type": "span_classifier", "max_width": None}), **extras)
    assert head.layer == "mentions" and head.main_metric == "+f1" and head.max_width is None


def test_begins_as_rare_as_spans_are(make_head, make_level, make_document):
    documents = [make_document([30], mentions=[])]
    head = make_head(dropout=0.0)
    loss = head(make_level(documents), documents, supervised=True)["loss"]
    probability_of_none = math.exp(-loss.item() / (30 * 31 / 2))
    assert probability_of_none == pytest.approx(1 - 1 / 50, abs=0.02)


def test_padding_may_hold_anything(make_head, make_level, documents):
    head, level = make_head().eval(), make_level(documents)
    padded = make_level(documents, padding=3, requires_grad=True)
    poisoned = Level(
        padded.inputs, padded.outputs.masked_fill(~padded.mask.unsqueeze(-1), torch.nan), padded.mask
    )
    plain, output = (head(each, documents, supervised=True) for each in (level, poisoned))
    torch.testing.assert_close(plain["loss"], output["loss"])
    assert plain["annotations"] == output["annotations"]
    output["loss"].backward()
    assert padded.outputs.grad[~padded.mask].eq(0).all() and padded.outputs.grad.isfinite().all()


def test_gradients_reach_all_parameters_and_words(make_head, make_level, documents):
    head, level = make_head(dropout=0.0), make_level(documents, requires_grad=True)
    head(level, documents, supervised=True)["loss"].backward()
    assert all(p.grad.abs().sum() > 0 for p in head.parameters())
    assert level.outputs.grad[level.mask].abs().sum(1).gt(0).all()


def test_training_does_not_decode(make_head, make_level, documents, monkeypatch):
    monkeypatch.setattr(SpanClassifier, "decode", None)
    assert set(make_head().train()(make_level(documents), documents, supervised=True)) == {"loss"}


def test_prediction_reads_no_annotation(make_head, make_level, documents):
    head, level = shake(make_head()), double(make_level(documents))
    bare = head(level, [document.bare() for document in documents], supervised=False)
    assert set(bare) == {"annotations"}
    assert bare["annotations"] == head(level, documents, supervised=True)["annotations"]


def test_unknown_label_and_missing_layer_name_the_place(make_head, make_level, make_document):
    unknown, bare = make_document([3], mentions=[(0, 0, "VEH")]), make_document([3])
    with pytest.raises(
        ConfigurationError, match="^data.txt:7: label 'VEH' is not among the labels of task 'emd'"
    ):
        make_head()(make_level([unknown]), [unknown], supervised=True)
    with pytest.raises(ConfigurationError, match="^data.txt:7: the document has no layer 'mentions'"):
        make_head()(make_level([bare]), [bare], supervised=True)


def test_gold_out_of_reach_is_missed_and_told(make_head, make_level, make_document, caplog):
    caplog.set_level(logging.WARNING)
    documents = [make_document([4, 2], mentions=[(0, 2, "PER"), (0, 1, "ORG"), (3, 4, "GPE")])]
    head = make_head(max_width=2)
    for _ in range(2):
        head(make_level(documents), documents, supervised=True)
    head.measure([(Span(0, 1, "ORG"),)], documents)
    assert head.get_metrics(reset=True)["recall"] == pytest.approx(1 / 3)
    assert [m.split(" could")[0] for m in caplog.messages] == ["emd: 2 gold spans", "emd: 2 gold spans"]
    assert "cross the end" in caplog.messages[0] and "max_width (2)" in caplog.messages[1]


@pytest.mark.parametrize("max_width", [8, 2000])
def test_a_long_row_fits_into_little_memory(make_head, make_document, make_level, monkeypatch, max_width):
    """No tensor is larger than the budget allows, though all pairs of the words would be 40 times as many."""
    monkeypatch.setattr(span_biaffine, "MAX_CELLS", 1 << 19)
    documents = [make_document([2000], mentions=[(0, 1, "PER")])]
    head, level = make_head(max_width=max_width), make_level(documents, requires_grad=True)
    sizes = []
    original = head.biaffine.scores
    monkeypatch.setattr(head.biaffine, "scores", lambda *a: sizes.append(original(*a)) or sizes[-1])
    head(level, documents, supervised=True)["loss"].backward()
    assert max(scores.numel() for scores in sizes) <= 1 << 19 and level.outputs.grad.isfinite().all()


def test_wrong_arguments_name_the_key(make_head):
    with pytest.raises(
        ConfigurationError, match="model.heads.emd.max_width: 0 is no width; choose 1 or more"
    ):
        make_head(max_width=0)
    with pytest.raises(ConfigurationError, match="model.heads.emd.layer: 'clusters'"):
        make_head(layer="clusters")


def test_a_task_without_labels_finds_nothing(make_head, make_level, make_document):
    documents = [make_document([3], mentions=[])]
    output = make_head(labels=[]).eval()(make_level(documents), documents, supervised=True)
    assert output["annotations"] == [()] and output["loss"].item() == 0.0
