from itertools import permutations

import pytest
import torch
from allennlp.common import Lazy, Params
from allennlp.common.checks import ConfigurationError
from relation_parts import (
    INPUT_DIM,
    LABELS,
    OUTPUT_DIM,
    TASK,
    TYPES,
    colour_documents,
    double,
    fixed,
    relation_vocab,
    train,
    without_decoding,
)
from torch.nn import functional as F

from hmtl.backbones.level import Level
from hmtl.documents import Relation, Span
from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.head import Head
from hmtl.heads.span_pair_relation import SpanPairRelationHead

NO_SPANS = [[], []]


def make_head(spans=NO_SPANS, **options) -> SpanPairRelationHead:
    options = {"dropout": 0.0, "arguments": fixed(spans), **options}
    return SpanPairRelationHead(relation_vocab(), TASK, INPUT_DIM, OUTPUT_DIM, **options)


def bucket(number):
    bounds = [0, 1, 2, 3, 4, 5, 8, 16, 32, 64]
    return max(i for i, bound in enumerate(bounds) if number >= bound)


def scores_by_hand(head, row, spans):
    """{(head span, tail span): scores of the labels} in the words of a row, `(tokens, dim)`, by the
    equations."""
    scorer = head.pair_scorer.scorer
    types = ["", *TYPES]
    found = {}
    for one, two in permutations(spans, 2):
        sides = []
        for span in (one, two):
            width, kind = (
                head.pair_scorer.span_width.weight[bucket(span.end - span.start)],
                head.pair_scorer.span_type.weight[types.index(span.label)],
            )
            sides.append(torch.cat([row[span.start], row[span.end], width, kind]))
        hidden = scorer.as_head.weight @ sides[0] + scorer.as_head.bias + scorer.as_tail.weight @ sides[1]
        between = range(min(one.end, two.end) + 1, max(one.start, two.start))
        if between:
            hidden = hidden + torch.stack([head.pair_scorer.context.weight @ row[t] for t in between]).amax(0)
        hidden = hidden + head.pair_scorer.distance.weight[bucket(len(between)) + 10 * (two > one)]
        found[one, two] = scorer.output.weight @ hidden.clamp(min=0)
    return found


SPANS = [
    [Span(0, 1, "PER"), Span(1, 1, "LOC"), Span(7, 7, "PER")],
    [Span(0, 0, "PER"), Span(1, 1, "LOC")],
    [Span(0, 3, "PER"), Span(2, 3, "LOC"), Span(4, 4, "")],
]
"""By row, in its tokens; the last one is the argument of a relation and no mention."""


@pytest.fixture
def documents(make_document):
    """Two documents; rows of 8, 2 and 5 words."""
    shifted = [Span(8 + s, 8 + e, label) for s, e, label in SPANS[1]]
    crossing_and_same = [
        Relation(SPANS[0][0], shifted[0], "LIVES"),
        Relation(SPANS[0][0], SPANS[0][0], "LIVES"),
    ]
    first = [Relation(SPANS[0][1], SPANS[0][0], "WORKS"), Relation(shifted[0], shifted[1], "LIVES")]
    second = [Relation(SPANS[2][0], SPANS[2][1], label) for label in LABELS]
    second += [Relation(SPANS[2][2], Span(2, 3, ""), "LIVES")]
    return [
        make_document([8, 2], mentions=SPANS[0] + shifted, relations=first + crossing_and_same),
        make_document([5], mentions=SPANS[2][:2], relations=second),
    ]


GOLD = [
    {(SPANS[0][1], SPANS[0][0], "WORKS")},
    {(SPANS[1][0], SPANS[1][1], "LIVES")},
    {(SPANS[2][0], SPANS[2][1], label) for label in LABELS} | {(SPANS[2][2], SPANS[2][1], "LIVES")},
]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("training", [True, False])
def test_loss_and_gradients_are_those_of_a_loop_over_pairs(documents, make_level, reduction, training):
    head = make_head(reduction=reduction).double().train(training)
    level = double(make_level(documents, padding=2))
    losses = [
        F.binary_cross_entropy(score.sigmoid(), torch.tensor(float((*pair, label) in gold)).double())
        for row, spans, gold in zip(level.outputs, SPANS, GOLD, strict=True)
        for pair, scores in scores_by_hand(head, row, spans).items()
        for label, score in zip(LABELS, scores, strict=True)
    ]
    assert len(losses) == (6 + 2 + 6) * 2
    wanted = sum(losses) if reduction == "sum" else 100 * sum(losses) / len(losses)
    inputs = [level.outputs, *head.parameters()]
    gradients = torch.autograd.grad(wanted, inputs)
    loss = head(level, documents, supervised=True)["loss"]
    assert torch.allclose(loss, wanted + 7.0, atol=1e-12)
    for found, gradient in zip(torch.autograd.grad(loss, inputs), gradients, strict=True):
        assert torch.allclose(found, gradient, atol=1e-10)


@pytest.mark.parametrize("memory_budget", [1, 200, 2**24])
def test_predictions_are_of_the_pairs_found_in_a_row(documents, make_level, memory_budget):
    offset = [Span(8 + s, 8 + e, label) for s, e, label in SPANS[1]]
    crossing = Span(6, 8, "PER")
    head = make_head(
        [SPANS[0] + [crossing] + offset, SPANS[2]], memory_budget=memory_budget, threshold=0.4
    ).eval()
    level = make_level(documents, padding=1)
    wanted: list[set[Relation]] = [set(), set()]
    for row, (spans, document, start) in enumerate(zip(SPANS, (0, 0, 1), (0, 8, 0), strict=True)):
        for (one, two), scores in scores_by_hand(head, level.outputs[row], spans).items():
            pair = [Span(start + s, start + e, label) for s, e, label in (one, two)]
            wanted[document] |= {
                Relation(*pair, label) for label, s in zip(LABELS, scores.sigmoid(), strict=True) if s > 0.4
            }
    bare = [document.bare() for document in documents]
    found = head(level, bare, supervised=False)["annotations"]
    assert [set(relations) for relations in found] == wanted
    assert all(relations == tuple(sorted(relations)) for relations in found)
    assert 3 < sum(map(len, wanted)) < 28


def test_padding_changes_nothing_even_where_it_is_not_a_number(documents, make_level):
    head, losses = make_head(), []
    for padding, filling in ((0, 0.0), (3, torch.nan)):
        level = make_level(documents, padding=padding)
        outputs = level.outputs.masked_fill(~level.mask.unsqueeze(-1), filling)
        losses.append(head(Level(level.inputs, outputs, level.mask), documents, supervised=True)["loss"])
    assert torch.equal(*losses)


@pytest.mark.parametrize("spans", [[], [Span(0, 1, "PER")]])
def test_without_pairs_there_is_no_loss_and_no_relation(make_document, make_level, spans):
    documents = [make_document([3], mentions=spans, relations=[])]
    head = make_head([spans])
    loss = head(make_level(documents), documents, supervised=True)["loss"]
    loss.backward()
    assert loss == 7.0 and not head.pair_scorer.scorer.output.weight.grad.any()
    assert head.eval()(make_level(documents), documents, supervised=False) == {"annotations": [()]}


def test_every_relation_in_gold_counts(documents, make_level):
    offset = [Span(8 + s, 8 + e, label) for s, e, label in SPANS[1]]
    head = make_head([SPANS[0] + offset, SPANS[2]], threshold=0.4).eval()
    torch.nn.init.zeros_(head.pair_scorer.scorer.output.weight)
    head(make_level(documents), documents, supervised=True)
    metrics = head.get_metrics(reset=True)
    # Everything is predicted, 28 relations. Of 7 gold ones, one crosses a sentence, one has the same span
    # twice, and one names an argument without its type.
    assert (metrics["strict_recall"], metrics["boundary_recall"]) == (4 / 7, 5 / 7)
    assert metrics["strict_precision"] == 4 / 28
    assert metrics["argument_f1"] == 0.25
    assert head.main_metric == "+strict_f1"


def test_training_does_not_decode_and_prediction_does_not_read(documents, make_level):
    crf = Lazy(CrfTagger, constructor_extras={"layer": "mentions", "nested": "outermost"})
    head = without_decoding(make_head(arguments=crf))
    level = make_level(documents)
    assert set(head(level, documents, supervised=True)) == {"loss"}
    head = make_head(arguments=crf).eval()
    bare = head(level, [document.bare() for document in documents], supervised=False)
    assert bare == head(level, documents, supervised=False)
    assert set(bare) == {"annotations"}


@pytest.mark.parametrize(
    ("layers", "culprit"),
    [
        ({"relations": None, "mentions": []}, "no layer 'relations', which task 'rel'"),
        (
            {"relations": [((0, 0), (1, 1), "EATS")], "mentions": []},
            "label 'EATS' is not among the labels of task 'rel'",
        ),
    ],
)
def test_gold_that_cannot_be_learnt_is_named(make_document, make_level, layers, culprit):
    document = make_document([2], **layers)
    with pytest.raises(ConfigurationError, match=f"data.txt:7: .*{culprit}"):
        make_head([[]])(make_level([document]), [document], supervised=True)


def test_learns_relations_of_nested_spans():
    documents = colour_documents(24, nested=True)
    arguments = fixed([document.mentions for document in documents])
    head = SpanPairRelationHead(relation_vocab(types=[*TYPES, "ORG"]), TASK, 16, 32, arguments)
    predictions, metrics = train(head, documents, steps=60)
    assert predictions == [document.relations for document in documents]
    assert metrics["strict_f1"] == 1.0
    overlapping = [r for d in documents for r in d.relations if r.head.end >= r.tail.start >= r.head.start]
    assert overlapping and any(document.relations == () for document in documents)


@pytest.mark.parametrize(
    "arguments", [{"type": "span_classifier"}, {"type": "crf_tagger", "nested": "innermost"}]
)
def test_trains_an_argument_head_named_in_the_config(make_document, arguments):
    params = Params({"type": "span_pair_relation", "arguments": {**arguments, "layer": "mentions"}})
    head = Head.from_params(
        params, vocab=relation_vocab(types=[*TYPES, "ORG"]), task=TASK, input_dim=16, output_dim=32
    )
    assert (head.arguments.head.task, head.arguments.labels) == (f"{TASK}_argument", [*TYPES, "ORG"])
    _, metrics = train(head, colour_documents(6, nested=True), steps=2)
    assert {"strict_f1", "boundary_f1", "head_f1", "argument_f1"} <= set(metrics)


def test_training_tells_how_many_relations_it_leaves_out(documents, make_level, caplog):
    head = make_head()
    head(make_level(documents), documents, supervised=True)
    head.eval()(make_level(documents), documents, supervised=True)
    head.get_metrics(reset=True)
    assert [message.split(":")[:2] for message in caplog.messages] == [
        [TASK, " 2 gold relations could not be trained on"]
    ]
