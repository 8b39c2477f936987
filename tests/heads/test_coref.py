"""The coreference head against its plain twin, and what it promises to its users."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from coref_oracle import Oracle
from torch import Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document
from hmtl.heads import Head
from hmtl.heads.coref import CorefHead

CLUSTERS = (((0, 0), (2, 3), (7, 9)), ((1, 1), (8, 8)), ((5, 6),))
SMALL: dict[str, Any] = {"hidden_dim": 5, "feature_dim": 3, "max_span_width": 4, "max_antecedents": 3}
PLAIN: dict[str, Any] = {**SMALL, "dropout": 0.0, "lexical_dropout": 0.0}


@pytest.fixture
def build(build_head: Callable[..., Head]) -> Callable[..., CorefHead]:
    return lambda **arguments: build_head(CorefHead, "coref", [], **{**PLAIN, **arguments})


@pytest.fixture
def document(make_document: Callable[..., Document]) -> Document:
    return make_document([4, 3, 5], clusters=CLUSTERS, speakers="aaaabbbaaabb", genre="letter")


def double(level: Level) -> Level:
    # larger numbers than the fixture's make scores of either sign
    inputs, outputs = (2 * x.detach().double() for x in (level.inputs, level.outputs))
    return Level(inputs.requires_grad_(), outputs.requires_grad_(), level.mask)


def words(level: Level) -> tuple[Tensor, Tensor]:
    return level.inputs[level.mask], level.outputs[level.mask]


VARIANTS = [
    {},
    {"singletons": True, "mention_loss_weight": 0.7},
    {"speakers": True, "genres": ["letter", "news"]},
    {"genres": ["news"], "layers": 1},
    {"antecedent_window": 2, "spans_per_word": 0.8},
    {"antecedent_window": 4, "spans_per_word": 0.8},
    {"max_antecedents": 50, "spans_per_word": 2.0, "layers": 3},
]


@pytest.mark.parametrize("arguments", VARIANTS)
def test_loss_gradients_and_clusters_of_the_plain_twin(
    build: Callable, make_level: Callable, document: Document, arguments: dict[str, Any]
) -> None:
    head, level = build(**arguments).double(), double(make_level([document]))
    oracle = Oracle(head, *words(level), document)
    sources = [level.inputs, level.outputs, *head.parameters()]
    loss = head(level, [document], supervised=True)["loss"]
    assert loss.item() == pytest.approx(oracle.loss().item())
    slow = torch.autograd.grad(oracle.loss(), sources, allow_unused=True, materialize_grads=True)
    for mine, theirs in zip(torch.autograd.grad(loss, sources), slow, strict=True):
        torch.testing.assert_close(mine, theirs)
    output = head.eval()(level, [document], supervised=True)
    assert sorted(map(list, output["annotations"][0])) == oracle.clusters()
    assert head.get_metrics()["mention_recall"] == pytest.approx(
        sum(span in oracle.kept for cluster in CLUSTERS for span in cluster) / 6
    )


@pytest.mark.parametrize("arguments", VARIANTS)
@pytest.mark.parametrize("supervised", [True, False])
def test_blocks_change_nothing(
    build: Callable, make_level: Callable, document: Document, arguments: dict[str, Any], supervised: bool
) -> None:
    head, level = build(**arguments).double(), double(make_level([document]))
    head.train(supervised)
    results = []
    for budget in (2**30, 200, 1):
        head.budget = budget
        scores = head.score(level, [document], supervised)
        gradients = ()
        if supervised:
            sources = [level.inputs, level.outputs, *head.parameters()]
            gradients = torch.autograd.grad(head.loss(scores, level, [document], [document]), sources)
        results.append(
            (scores.starts, scores.ends, scores.antecedents, scores.scores, scores.grid, *gradients)
        )
    for other in results[1:]:
        for mine, theirs in zip(results[0], other, strict=True):
            torch.testing.assert_close(mine, theirs)


def test_documents_of_a_batch_are_independent(
    build: Callable, make_level: Callable, make_document: Callable, document: Document
) -> None:
    other = make_document([2, 6], clusters=[((0, 1), (4, 4))])
    head, level = build(singletons=True).double().eval(), double(make_level([document, other]))
    both = head(level, [document, other], supervised=True)
    parts = [Level(level.inputs[r], level.outputs[r], level.mask[r]) for r in (slice(0, 3), slice(3, 5))]
    alone = [head(part, [d], supervised=True) for part, d in zip(parts, (document, other), strict=True)]
    assert both["loss"].item() == pytest.approx(sum(a["loss"].item() for a in alone))
    assert both["annotations"] == [a["annotations"][0] for a in alone]


def test_padding_is_not_read(build: Callable, make_level: Callable, document: Document) -> None:
    head = build(singletons=True).eval()
    outputs = [head(make_level([document], padding=p), [document], supervised=True) for p in (0, 3)]
    assert outputs[0]["loss"].item() == pytest.approx(outputs[1]["loss"].item(), rel=1e-5)
    assert outputs[0]["annotations"] == outputs[1]["annotations"]


def test_prediction_never_looks_at_annotation(
    build: Callable, make_level: Callable, document: Document
) -> None:
    head = build(singletons=True, gold_mentions=True, spans_per_word=1.0).eval()
    bare, level = document.bare(), make_level([document])
    outputs = [head(level, [d], supervised=False) for d in (document, bare)]
    assert outputs[0]["annotations"] == outputs[1]["annotations"]
    assert outputs[0]["annotations"][0]
    assert all("loss" not in output for output in outputs)
    assert head.get_metrics()["mention_recall"] == 0


def test_document_without_annotation_is_refused(
    build: Callable, make_level: Callable, document: Document
) -> None:
    with pytest.raises(ConfigurationError, match=r"data.txt:7: .* no layer 'clusters'"):
        build()(make_level([document]), [document.bare()], supervised=True)


def test_what_cannot_be_a_candidate_counts_as_missed(
    build: Callable, make_level: Callable, make_document: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    """Of four gold mentions one is wider than a span may be and one crosses sentences. The log says so."""
    document = make_document([6, 4], clusters=[((0, 4), (5, 6), (7, 7), (9, 9))])
    head = build(spans_per_word=4.0, singletons=True)
    head(make_level([document]), [document], supervised=True)
    head.get_metrics(reset=True)
    assert "coref: 2 gold mentions could not be trained on" in caplog.text
    head.eval()(make_level([document]), [document], supervised=True)
    metrics = head.get_metrics(reset=True)
    assert metrics["mention_recall"] == 0.5
    assert metrics["b_cubed_recall"] <= 0.5


def test_gold_mentions(build: Callable, make_level: Callable, make_document: Callable) -> None:
    """Any mention is a candidate in evaluation, whatever its width; training goes on with its own."""
    document = make_document([6, 4], clusters=[((0, 4), (5, 6), (7, 7), (9, 9))])
    head, level = build(gold_mentions=True), make_level([document])
    assert len(head.score(level, [document], supervised=True).spans[0]) == 4
    assert (0, 4) not in head.score(level, [document], supervised=True).spans[0]
    head.eval()(level, [document], supervised=True)
    assert head.get_metrics(reset=True)["mention_recall"] == 1.0
    empty = document.replace(clusters=())
    assert head(level, [empty], supervised=True)["annotations"] == [()]


@pytest.mark.parametrize("lengths", [[1], [1, 1], [2, 1]])
@pytest.mark.parametrize("singletons", [True, False])
def test_shortest_documents(
    build: Callable, make_level: Callable, make_document: Callable, lengths: list[int], singletons: bool
) -> None:
    document = make_document(lengths, clusters=[((0, 0),)])
    head, level = build(singletons=singletons), make_level([document], requires_grad=True)
    loss = head(level, [document], supervised=True)["loss"]
    loss.backward()
    assert loss.isfinite() and level.outputs.grad.isfinite().all()
    clusters = head.eval()(level, [document], supervised=True)["annotations"][0]
    assert document.replace(clusters=clusters).clusters is not None


def test_document_without_clusters(build: Callable, make_level: Callable, make_document: Callable) -> None:
    """Every span is right to have no antecedent: the loss falls to nothing and nothing is predicted."""
    document = make_document([5, 4], clusters=[])
    head, level = build(), make_level([document])
    train(head, level, document, steps=60)
    output = head.eval()(level, [document], supervised=True)
    assert output["loss"].item() < 0.1
    assert output["annotations"] == [()]


def train(head: CorefHead, level: Level, document: Document, steps: int) -> None:
    optimiser = torch.optim.Adam(head.parameters(), lr=0.02)
    for _ in range(steps):
        optimiser.zero_grad()
        head(level, [document], supervised=True)["loss"].backward()
        optimiser.step()


@pytest.mark.parametrize("singletons", [True, False])
def test_learns_a_document_by_heart(
    build: Callable, make_level: Callable, document: Document, singletons: bool
) -> None:
    head = build(singletons=singletons, hidden_dim=20, dropout=0.1, spans_per_word=4.0, max_antecedents=40)
    level = make_level([document])
    train(head, level, document, steps=150)
    output = head.eval()(level, [document], supervised=True)
    metrics = head.get_metrics(reset=True)
    linked = [c for c in CLUSTERS if len(c) > 1 or singletons]
    assert sorted(output["annotations"][0]) == sorted(linked)
    assert metrics["nosingle_coref_f1"] == 1.0
    assert (metrics["coref_f1"] == 1.0) == singletons
    assert head.main_metric.lstrip("+") in metrics


def test_dropout_acts_in_training_alone(build: Callable, make_level: Callable, document: Document) -> None:
    level = make_level([document])
    for name in ("dropout", "lexical_dropout", "output_dropout"):
        head = build(**{name: 0.5})
        losses = [head(level, [document], supervised=True)["loss"].item() for _ in range(2)]
        assert losses[0] != losses[1], name
        losses = [head.eval()(level, [document], supervised=True)["loss"].item() for _ in range(2)]
        assert losses[0] == losses[1]


@pytest.mark.parametrize(
    "argument",
    [{"max_span_width": 0}, {"antecedent_window": 0}, {"spans_per_word": 0.0}, {"memory_budget_mb": -1}],
)
def test_senseless_arguments_are_refused(build: Callable, argument: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"^model\.heads\.coref\.{next(iter(argument))}: "):
        build(**argument)


def test_blocks_are_announced_once_for_the_longest_document(
    build: Callable, make_level: Callable, make_document: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "hmtl.heads.coref")
    head = build(hidden_dim=300, max_span_width=20, memory_budget_mb=1).eval()
    for lengths, messages in (([2], 0), ([20, 20], 1), ([20, 20], 1), ([20, 21], 2)):
        document = make_document(lengths)
        head(make_level([document]), [document], supervised=False)
        assert caplog.text.count("(memory_budget_mb)") == messages
        assert (head.peak_mb(sum(lengths)) > 1) == bool(messages)


def test_the_config_names_it(make_vocab: Callable) -> None:
    params = Params({"type": "coref", "max_span_width": 3, "genres": ["nw"], "antecedent_window": 9})
    head = Head.from_params(params, vocab=make_vocab("coref", []), task="coref", input_dim=4, output_dim=5)
    assert isinstance(head, CorefHead)
    assert head.spans.width.num_embeddings == 3


def test_initialisation(build: Callable) -> None:
    """Xavier normal: the standard deviation is √(2 / (fan in + fan out))."""
    head = build(hidden_dim=200, feature_dim=50)
    weights = {name: p for name, p in head.named_parameters() if p.dim() > 1 and p.numel() > 4000}
    assert weights
    for name, weight in weights.items():
        assert weight.std().item() == pytest.approx((2 / sum(weight.shape)) ** 0.5, rel=0.1), name
    assert all(p.eq(0).all() for p in head.parameters() if p.dim() == 1)
