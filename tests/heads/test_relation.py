from itertools import product

import pytest
import torch
from allennlp.common import Lazy, Params
from allennlp.common.checks import ConfigurationError
from relation_parts import (
    INPUT_DIM,
    LABELS,
    OUTPUT_DIM,
    TASK,
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
from hmtl.heads.pair_blocks import pair_blocks
from hmtl.heads.relation import RelationHead


def make_head(**options) -> RelationHead:
    return RelationHead(relation_vocab(), TASK, INPUT_DIM, OUTPUT_DIM, **{"dropout": 0.0, **options})


def scores_by_hand(head, level):
    """{(row, i, j): scores of the labels} of all ordered pairs of different words, by the equation."""
    scorer = head.scorer
    for row, mask in enumerate(level.mask):
        for i, j in product(range(int(mask.sum())), repeat=2):
            if i != j:
                hidden = scorer.as_head.weight @ level.outputs[row, i] + scorer.as_head.bias
                hidden = hidden + scorer.as_tail.weight @ level.outputs[row, j]
                yield (row, i, j), scorer.output.weight @ hidden.clamp(min=0)


def loss_by_hand(head, level, gold):
    """The mean over cells of binary cross-entropy, times 100; `gold` holds (row, i, j, label)."""
    losses = [
        F.binary_cross_entropy(score.sigmoid(), torch.tensor(float((*place, label) in gold)).double())
        for place, scores in scores_by_hand(head, level)
        for label, score in zip(LABELS, scores, strict=True)
    ]
    return 100 * sum(losses) / len(losses)


@pytest.fixture
def documents(make_document):
    """Two documents; rows of 3, 2 and 4 words."""
    first = [((0, 1, "PER"), (2, 2, "LOC"), "LIVES"), ((3, 3, "PER"), (4, 4, "LOC"), "WORKS")]
    crossing_and_diagonal = [((1, 1, "PER"), (3, 3, "LOC"), "LIVES"), ((0, 2, "PER"), (2, 2, "LOC"), "WORKS")]
    second = [((2, 3, "PER"), (0, 0, "LOC"), "LIVES"), ((3, 3, "PER"), (0, 0, "LOC"), "LIVES"),
              ((3, 3, "PER"), (0, 0, "LOC"), "WORKS")]  # fmt: skip
    return [
        make_document([3, 2], relations=first + crossing_and_diagonal, mentions=[(0, 1, "PER")]),
        make_document([4], relations=second, mentions=[]),
    ]


GOLD = {(0, 1, 2, "LIVES"), (1, 0, 1, "WORKS"), (2, 3, 0, "LIVES"), (2, 3, 0, "WORKS")}


@pytest.mark.parametrize("memory_budget", [2**24, 1, 1000])
@pytest.mark.parametrize("padding", [0, 3])
def test_loss_and_gradients_are_those_of_a_loop_over_cells(documents, make_level, memory_budget, padding):
    head = make_head(memory_budget=memory_budget).double()
    level = double(make_level(documents, padding=padding))
    wanted = loss_by_hand(head, level, GOLD)
    inputs = [level.outputs, *head.parameters()]
    gradients = torch.autograd.grad(wanted, inputs)
    loss = head(level, documents, supervised=True)["loss"]
    assert torch.allclose(loss, wanted, atol=1e-12)
    for found, gradient in zip(torch.autograd.grad(loss, inputs), gradients, strict=True):
        assert torch.allclose(found, gradient, atol=1e-10)


def test_sum_is_the_mean_times_the_number_of_cells(documents, make_level):
    level = make_level(documents)
    head = make_head(reduction="sum")
    total = head(level, documents, supervised=True)["loss"]
    head.scorer.reduction = "mean"
    cells = (3 * 2 + 2 * 1 + 4 * 3) * len(LABELS)
    assert torch.allclose(total, head(level, documents, supervised=True)["loss"] * cells / 100)


def test_padding_changes_neither_loss_nor_gradients_even_where_it_is_not_a_number(documents, make_level):
    head, results = make_head(), []
    for padding, filling in ((0, 0.0), (4, 9.0), (4, torch.nan)):
        level = make_level(documents, padding=padding)
        outputs = level.outputs.masked_fill(~level.mask.unsqueeze(-1), filling)
        loss = head(Level(level.inputs, outputs, level.mask), documents, supervised=True)["loss"]
        results.append([loss, *torch.autograd.grad(loss, list(head.parameters()))])
    for other in results[1:]:
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(results[0], other, strict=True))


def test_a_word_has_no_relation_with_itself(make_document, make_level):
    document = make_document([1], relations=[((0, 0), (0, 0), "LIVES")])
    head = make_head()
    loss = head(make_level([document], padding=2), [document], supervised=True)["loss"]
    loss.backward()
    assert loss == 0
    assert all(parameter.grad is not None and not parameter.grad.any() for parameter in head.parameters())


@pytest.mark.parametrize("memory_budget", [1, 700, 2**24])
@pytest.mark.parametrize("threshold", [0.5, 0.45])
def test_predictions_are_the_cells_above_the_threshold_whatever_the_blocks(
    documents, make_level, memory_budget, threshold
):
    head = make_head(memory_budget=memory_budget, threshold=threshold).eval()
    level = make_level(documents, padding=2)
    offsets = [(0, 0), (0, 3), (1, 0)]
    wanted: list[set[Relation]] = [set(), set()]
    for (row, i, j), scores in scores_by_hand(head, level):
        document, offset = offsets[row]
        for label, score in zip(LABELS, scores.sigmoid(), strict=True):
            if score > threshold:
                wanted[document].add(Relation(Span(*[offset + i] * 2), Span(*[offset + j] * 2), label))
    bare = [document.bare() for document in documents]
    found = head(level, bare, supervised=False)["annotations"]
    assert [set(relations) for relations in found] == wanted
    assert all(relations == tuple(sorted(relations)) for relations in found)
    assert sum(map(len, wanted)) > 3


@pytest.mark.parametrize("budget", [1, 50, 333, 10**6])
def test_blocks_hold_each_pair_once_within_the_budget(budget):
    lengths = [3, 9, 1, 4, 4, 2]
    mask = torch.arange(9) < torch.tensor(lengths).unsqueeze(1)
    seen = []
    for block in pair_blocks(lengths, 5, budget):
        one_token = len(block.rows) == 1 and block.end - block.start == 1
        assert one_token or len(block.rows) * (block.end - block.start) * block.width * 5 <= budget
        for row, head, tail in block.valid(mask).nonzero().tolist():
            seen.append((block.rows[row], block.start + head, tail))
    wanted = [(r, i, j) for r, n in enumerate(lengths) for i in range(n) for j in range(n) if i != j]
    assert sorted(seen) == wanted


def test_a_row_of_thousands_of_words_is_scored_in_blocks(make_document):
    words, budget = 3000, 2**20
    document = make_document([words])
    head = make_head(memory_budget=budget).eval()
    largest = []
    head.scorer.output.register_forward_hook(lambda _, inputs, __: largest.append(inputs[0].numel()))
    torch.nn.init.constant_(head.scorer.output.weight, -1.0)
    mask = torch.ones(1, words, dtype=torch.bool)
    level = Level(torch.zeros(1, words, INPUT_DIM), torch.randn(1, words, OUTPUT_DIM), mask)
    assert head(level, [document], supervised=False)["annotations"] == [()]
    assert max(largest) <= budget and sum(largest) == words * words * 64


def test_tokens_become_the_longest_spans_that_end_there(make_document, make_level):
    documents = [make_document([3, 4]), make_document([2])]
    spans = [[(0, 2, "PER"), (1, 2, "LOC"), (3, 4, "PER"), (4, 5, "LOC")], []]
    head = make_head(arguments=fixed(spans), threshold=0.4).eval()
    torch.nn.init.zeros_(head.scorer.output.weight)
    found = head(make_level(documents), documents, supervised=False)["annotations"]
    stands_for = {2: Span(0, 2, "PER"), 4: Span(3, 4, "PER"), 5: Span(4, 5, "LOC")}
    for relations, rows in zip(found, ([(0, 3), (3, 7)], [(0, 2)]), strict=True):
        named = stands_for if len(rows) == 2 else {}
        assert set(relations) == {
            Relation(named.get(i, Span(i, i)), named.get(j, Span(j, j)), label)
            for start, end in rows
            for i, j in product(range(start, end), repeat=2)
            if i != j
            for label in LABELS
        }


def test_arguments_that_share_a_last_token_are_missed_and_counted(make_document, make_level):
    relation = ((0, 2, "PER"), (1, 2, "LOC"), "LIVES")
    document = make_document([3], mentions=[(0, 2, "PER"), (1, 2, "LOC")], relations=[relation])
    head = make_head(arguments=fixed([document.mentions]), threshold=0.4).eval()
    torch.nn.init.zeros_(head.scorer.output.weight)
    head(make_level([document]), [document], supervised=True)
    metrics = head.get_metrics(reset=True)
    assert metrics["head_recall"] == metrics["strict_recall"] == 0
    assert metrics["argument_f1"] == 0.25


def test_the_argument_head_learns_mentions_or_else_entities(make_document, make_level):
    spans = (Span(0, 0, "PER"),)
    with_mentions = make_document([2], mentions=spans, entities=[(1, 1, "LOC")], relations=[])
    with_entities = make_document([2], entities=spans, relations=[])
    head = make_head(arguments=fixed([[], []]), argument_weight=2.0)
    documents = [with_mentions, with_entities]
    loss = head(make_level(documents), documents, supervised=True)["loss"]
    assert [document.mentions for document in head.arguments.head.seen] == [spans, spans]
    head.arguments = None
    bare = [document.replace(mentions=None) for document in documents]
    scores = head.score(make_level(documents), bare, True)
    assert torch.allclose(loss, head.loss(scores, make_level(documents), bare, bare) + 2.0 * 7.0)


def test_without_arguments_the_last_tokens_select_the_best_epoch(documents, make_level):
    head = make_head(threshold=0.4).eval()
    torch.nn.init.zeros_(head.scorer.output.weight)
    head(make_level(documents), documents, supervised=True)
    metrics = head.get_metrics(reset=True)
    assert head.main_metric == "+head_f1" and RelationHead.main_metric == "+strict_f1"
    # 6 of 7 gold relations differ in their last tokens; 4 of them stand for pairs of a row.
    assert metrics["head_recall"] == 4 / 6
    assert metrics["strict_recall"] == metrics["boundary_recall"] - 3 / 7 == 0
    assert head.get_metrics()["head_recall"] == 0


def test_sentences_without_relations_count_unless_told_otherwise(make_document, make_level):
    documents = [make_document([2], relations=[((0, 0), (1, 1), "LIVES")]), make_document([3], relations=[])]
    precisions = []
    for option in (False, True):
        head = make_head(threshold=0.4, relation_bearing_only=option).eval()
        torch.nn.init.zeros_(head.scorer.output.weight)
        head(make_level(documents), documents, supervised=True)
        precisions.append(head.get_metrics()["strict_precision"])
    assert precisions == [1 / (4 + 12), 1 / 4]


def test_training_does_not_decode_and_prediction_does_not_read(documents, make_level):
    head = without_decoding(make_head(arguments=Lazy(CrfTagger, constructor_extras={"layer": "mentions"})))
    level = make_level(documents)
    assert set(head(level, documents, supervised=True)) == {"loss"}
    head = make_head(arguments=Lazy(CrfTagger, constructor_extras={"layer": "mentions"})).eval()
    bare = head(level, [document.bare() for document in documents], supervised=False)
    assert bare == head(level, documents, supervised=False)
    assert set(bare) == {"annotations"}


@pytest.mark.parametrize(
    ("layers", "culprit"),
    [
        ({"relations": None}, "no layer 'relations', which task 'rel'"),
        (
            {"relations": [((0, 0), (1, 1), "EATS")]},
            r"label 'EATS' is not among the labels of task 'rel' \(LIVES, WORKS\)",
        ),
    ],
)
def test_gold_that_cannot_be_learnt_is_named(make_document, make_level, layers, culprit):
    document = make_document([2], **layers)
    with pytest.raises(ConfigurationError, match=rf"^\"?data.txt:7: .*{culprit}.*"):
        make_head()(make_level([document]), [document], supervised=True)


@pytest.mark.parametrize(
    "option", [{"threshold": 1.0}, {"reduction": "max"}, {"arguments": Lazy(RelationHead)}]
)
def test_arguments_out_of_range_are_named(option):
    vocab = relation_vocab()
    vocab.add_token_to_namespace("LIVES", f"{TASK}_argument_labels")
    with pytest.raises(ConfigurationError, match=f"model.heads.{TASK}.{next(iter(option))}"):
        RelationHead(vocab, TASK, INPUT_DIM, OUTPUT_DIM, **option)


def test_an_empty_label_set_is_named():
    with pytest.raises(ConfigurationError, match=f"'{TASK}' has no relation label"):
        RelationHead(relation_vocab(labels=[]), TASK, INPUT_DIM, OUTPUT_DIM)


def test_learns_relations_of_spans_from_a_config():
    params = Params({"type": "relation", "arguments": {"type": "crf_tagger", "layer": "mentions"}})
    head = Head.from_params(params, vocab=relation_vocab(), task=TASK, input_dim=16, output_dim=32)
    documents = colour_documents(24, nested=False)
    predictions, metrics = train(head, documents)
    assert predictions == [document.relations for document in documents]
    assert metrics["strict_f1"] == metrics["head_f1"] == metrics["argument_f1"] == 1.0
    assert any(document.relations == () for document in documents)


def test_training_tells_how_many_relations_it_leaves_out(documents, make_level, caplog):
    head = make_head()
    head(make_level(documents), documents, supervised=True)
    head.eval()(make_level(documents), documents, supervised=True)
    head.get_metrics(reset=True)
    assert [message.split(":")[:2] for message in caplog.messages] == [
        [TASK, " 2 gold relations could not be trained on"]
    ]
