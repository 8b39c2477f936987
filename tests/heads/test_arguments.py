"""Relations in documents whose mentions are not annotated: those are masked, not taken for none."""

import pytest
import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from relation_parts import INPUT_DIM, OUTPUT_DIM, TASK, fixed, relation_vocab

from hmtl.backbones.level import Level
from hmtl.heads.arguments import ArgumentFinder
from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.head import Head
from hmtl.heads.relation import RelationHead
from hmtl.heads.span_classifier import SpanClassifier
from hmtl.heads.span_pair_relation import SpanPairRelationHead

FINDERS = {
    "crf": Lazy(CrfTagger, constructor_extras={"layer": "mentions", "dropout": 0.0}),
    "spans": Lazy(SpanClassifier, constructor_extras={"dropout": 0.0}),
}
HEADS = {"relation": RelationHead, "span_pair_relation": SpanPairRelationHead}


@pytest.fixture
def documents(make_document):
    """Of the second no mentions are known; the types of its relation's arguments are not, either."""
    per, loc = (0, 1, "PER"), (2, 2, "LOC")
    return [
        make_document([3, 2], mentions=[per, loc], relations=[(per, loc, "LIVES")]),
        make_document([4], relations=[((0, 0), (3, 3), "WORKS")]),
        make_document([2], mentions=[(1, 1, "PER")], relations=[]),
    ]


def make_head(kind: str, finder: str, weight: float = 1.0) -> Head:
    options = {"dropout": 0.0, "arguments": FINDERS[finder], "argument_weight": weight, "reduction": "sum"}
    torch.manual_seed(3)
    return HEADS[kind](relation_vocab(), TASK, INPUT_DIM, OUTPUT_DIM, **options)


def part(level: Level, documents, numbers):
    """The level and the documents of these numbers alone, cut out by hand."""
    rows, first = [], 0
    for number, document in enumerate(documents):
        rows += range(first, first + len(document.sentences)) if number in numbers else []
        first += len(document.sentences)
    return Level(level.inputs[rows], level.outputs[rows], level.mask[rows]), [documents[n] for n in numbers]


def gradients(head: Head, level: Level, documents) -> list[torch.Tensor]:
    head.zero_grad()
    head(level, documents, supervised=True)["loss"].backward()
    zero = torch.zeros(1)
    return [zero if p.grad is None else p.grad.clone() for p in head.arguments.parameters()]


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("kind", HEADS)
def test_the_finder_learns_from_the_annotated_documents_alone(kind, finder, documents, make_level):
    head, level = make_head(kind, finder), make_level(documents)
    mixed = gradients(head, level, documents)
    alone = gradients(head, *part(level, documents, [0, 2]))
    assert any(gradient.any() for gradient in alone)
    torch.testing.assert_close(mixed, alone)
    nothing = gradients(head, *part(level, documents, [1]))
    assert not any(gradient.any() for gradient in nothing)


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("kind", HEADS)
def test_relations_are_learned_from_all(kind, finder, documents, make_level):
    """What is left of the loss without the finder's is the sum of what each document has alone."""
    head, level = make_head(kind, finder, weight=0.0), make_level(documents)
    whole = head(level, documents, supervised=True)["loss"]
    each = [head(*part(level, documents, [n]), supervised=True)["loss"] for n in range(3)]
    torch.testing.assert_close(whole, sum(each))
    assert float(each[1].detach()) > 0


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("kind", HEADS)
def test_metrics_of_arguments_are_those_of_the_annotated_documents(kind, finder, documents, make_level):
    head, level = make_head(kind, finder).eval(), make_level(documents)
    mixed = head(level, documents, supervised=True)["annotations"]
    scores = head.get_metrics(reset=True)
    head(*part(level, documents, [0, 2]), supervised=True)
    alone = head.get_metrics(reset=True)
    masked = [name for name in alone if name.startswith(("argument_", "strict_"))]
    assert len(masked) == 6 and {n: scores[n] for n in masked} == {n: alone[n] for n in masked}
    bare = [document.bare() for document in documents]
    assert mixed == head(level, bare, supervised=False)["annotations"]


def test_strict_scores_need_types_and_the_others_do_not(make_document, make_level):
    known = make_document([2], mentions=[(0, 0, "PER"), (1, 1, "LOC")])
    known = known.replace(relations=[((0, 0, "PER"), (1, 1, "LOC"), "LIVES")])
    unknown = make_document([2], relations=[((0, 0), (1, 1), "LIVES")])
    typed = unknown.replace(relations=[((0, 0, "PER"), (1, 1, "LOC"), "LIVES")])
    for documents, strict in (([known, unknown], 1), ([known, typed], 2), ([unknown, unknown], 0)):
        found = [known.mentions, known.mentions]
        head = SpanPairRelationHead(
            relation_vocab(), TASK, INPUT_DIM, OUTPUT_DIM, fixed(found), threshold=1e-9, dropout=0.0
        ).eval()
        gold = [document.relations for document in documents]
        head.measure([known.relations] * 2, documents)
        counts = head._f1._counts.tolist()
        assert counts == [[strict] * 3, [2] * 3, [2] * 3] and all(gold)


def test_no_types_to_learn():
    with pytest.raises(ConfigurationError, match="heads.rel.arguments: no document of the training") as e:
        ArgumentFinder(fixed([]), relation_vocab(types=[]), TASK, INPUT_DIM, OUTPUT_DIM)
    assert "\n" not in str(e.value)
