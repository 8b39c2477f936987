"""HMTL's hierarchy."""

from collections import Counter
from collections.abc import Callable

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from torch import BoolTensor, Tensor

from hmtl.backbones import HierarchicalBackbone, Level
from hmtl.documents import Document

TREE = {"ner": None, "emd": "ner", "relation": "emd", "coref": "emd"}
BELOW = {
    "ner": {"ner"},
    "emd": {"ner", "emd"},
    "relation": {"ner", "emd", "relation"},
    "coref": {"ner", "emd", "coref"},
}

Build = Callable[..., HierarchicalBackbone]
Rows = Callable[..., tuple[Tensor, BoolTensor]]


def run(
    backbone: HierarchicalBackbone, documents: list[Document], rows_of: Rows, *tasks: str, padding: int = 0
) -> dict[str, Level]:
    return dict(backbone(*rows_of(documents, padding=padding), documents, tasks or backbone.tasks))


def words(level: Level) -> Tensor:
    """`(words, dim)` of all rows, without padding."""
    return level.outputs[level.mask]


@pytest.mark.parametrize("task", TREE)
def test_only_the_levels_below_a_task_learn(
    task: str, build: Build, documents: list[Document], rows_of: Rows
) -> None:
    backbone = build()
    x, mask = rows_of(documents)
    x.requires_grad_()
    dict(backbone(x, mask, documents, [task]))[task].outputs.sum().backward()
    learning = {
        name
        for name, encoder in backbone.encoders.items()
        if all(parameter.grad is not None and parameter.grad.any() for parameter in encoder.parameters())
    }
    idle = {
        name
        for name, encoder in backbone.encoders.items()
        if all(parameter.grad is None for parameter in encoder.parameters())
    }
    assert learning == BELOW[task]
    assert idle == set(TREE) - BELOW[task]
    assert x.grad[mask].any(dim=-1).all()


@pytest.mark.parametrize("encode", ["sentence", "document"])
def test_lower_levels_do_not_know_what_stands_above(
    encode: str, build: Build, documents: list[Document], rows_of: Rows
) -> None:
    whole, lower = build(encode=encode), build({"ner": None, "emd": "ner"}, encode=encode)
    lower.load_state_dict({name: whole.state_dict()[name] for name in lower.state_dict()})
    above, alone = run(whole, documents, rows_of), run(lower, documents, rows_of)
    for task in ("ner", "emd"):
        assert torch.equal(above[task].outputs, alone[task].outputs)


def calls(backbone: HierarchicalBackbone) -> Counter:
    """Counts how often each level's encoder runs from now on."""
    counter: Counter = Counter()
    for name, encoder in backbone.encoders.items():
        encoder.register_forward_hook(lambda *_, name=name: counter.update([name]))
    return counter


def test_all_tasks_take_one_pass(build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build()
    counter = calls(backbone)
    assert list(run(backbone, documents, rows_of)) == list(TREE)
    assert counter == dict.fromkeys(TREE, 1)


@pytest.mark.parametrize("task", TREE)
def test_a_task_runs_what_it_needs(task: str, build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build()
    counter = calls(backbone)
    assert list(run(backbone, documents, rows_of, task)) == [task]
    assert counter == dict.fromkeys(BELOW[task], 1)


def test_shortcut_by_hand(build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build()
    x, mask = rows_of(documents)
    levels = run(backbone, documents, rows_of)
    ner = backbone.encoders["ner"](x, mask)
    emd = backbone.encoders["emd"](torch.cat([x, ner], dim=-1), mask)
    for task, inputs in {"ner": x, "emd": torch.cat([x, ner], -1), "coref": torch.cat([x, emd], -1)}.items():
        assert torch.equal(levels[task].inputs, inputs)
        assert torch.equal(levels[task].outputs, backbone.encoders[task](inputs, mask))
        assert backbone.widths(task) == (inputs.size(-1), levels[task].outputs.size(-1))


def test_order_of_the_levels_in_the_config_does_not_matter(build: Build) -> None:
    upside_down = dict(reversed(TREE.items()))
    assert build(upside_down).widths("coref")[0] == 5 + build(upside_down).widths("emd")[1]


def test_document_encoding_reads_the_sentences_end_to_end(
    build: Build, documents: list[Document], rows_of: Rows
) -> None:
    backbone = build(encode="document")
    merged = [document.replace(sentences=()) for document in documents]
    split, joined = run(backbone, documents, rows_of), run(backbone, merged, rows_of)
    for task in TREE:
        assert split[task].outputs.shape[:2] == split[task].mask.shape
        torch.testing.assert_close(words(split[task]), words(joined[task]))


def test_document_encoding_crosses_sentences_and_sentence_encoding_does_not(
    build: Build, rows_of: Rows, documents: list[Document]
) -> None:
    changed = {}
    for encode in ("sentence", "document"):
        backbone = build(encode=encode)
        x, mask = rows_of(documents)
        before = dict(backbone(x, mask, documents, ["ner"]))["ner"].outputs
        # another first sentence of the first document
        x[0] += 1.0
        after = dict(backbone(x, mask, documents, ["ner"]))["ner"].outputs
        changed[encode] = (before != after).any(-1).any(-1).tolist()
    assert changed["sentence"] == [True, False, False, False, False, False]
    assert changed["document"] == [True, True, False, False, False, False]


def test_encodings_agree_on_one_sentence(build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build()
    merged = [document.replace(sentences=()) for document in documents]
    by_sentence = run(backbone, merged, rows_of)
    backbone.encode_unit = "document"
    by_document = run(backbone, merged, rows_of)
    assert all(torch.equal(by_sentence[task].outputs, by_document[task].outputs) for task in TREE)


@pytest.mark.parametrize("encode", ["sentence", "document"])
def test_padding_changes_nothing(encode: str, build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build(encode=encode)
    tight, loose = run(backbone, documents, rows_of), run(backbone, documents, rows_of, padding=3)
    for task in TREE:
        torch.testing.assert_close(words(tight[task]), words(loose[task]))


@pytest.mark.parametrize("encode", ["sentence", "document"])
def test_companions_in_the_batch_change_nothing(
    encode: str, build: Build, documents: list[Document], rows_of: Rows
) -> None:
    backbone = build(encode=encode)
    x, mask = rows_of(documents)
    together = run(backbone, documents, rows_of)
    first = 0
    for document in documents:
        own = slice(first, first + len(document.sentences))
        alone = dict(backbone(x[own], mask[own], [document], list(TREE)))
        for task in TREE:
            torch.testing.assert_close(words(alone[task]), together[task].outputs[own][mask[own]])
        first = own.stop


def test_two_tasks_on_one_level(build: Build, documents: list[Document], rows_of: Rows) -> None:
    backbone = build({"ner": None, "emd": "ner"}, tasks=["ner", "fine", "emd"], task_levels={"fine": "ner"})
    counter = calls(backbone)
    levels = run(backbone, documents, rows_of)
    assert levels["fine"] is levels["ner"]
    assert backbone.widths("fine") == backbone.widths("ner")
    assert counter == {"ner": 1, "emd": 1}


def test_dropout_is_for_the_level_of_the_task_alone(
    build: Build, documents: list[Document], rows_of: Rows
) -> None:
    backbone = build(dropout=0.5)
    x, mask = rows_of(documents)
    inputs: dict[str, Tensor] = {}
    for name, encoder in backbone.encoders.items():
        encoder.register_forward_pre_hook(lambda _, arguments, name=name: inputs.update({name: arguments[0]}))
    level = dict(backbone(x, mask, documents, ["emd"]))["emd"]
    assert torch.equal(inputs["ner"], x)
    assert torch.equal(inputs["emd"], level.inputs)
    share = (level.inputs[mask] == 0).float().mean()
    assert 0.3 < share < 0.7
    backbone.eval()
    assert (dict(backbone(x, mask, documents, ["emd"]))["emd"].inputs[mask] != 0).all()


@pytest.mark.parametrize(
    ("parents", "config", "message"),
    [
        ({"a": "b", "b": "a"}, {}, r"in a circle \(a → b → a\)"),
        (
            {"ner": None, "emd": "nerr"},
            {},
            r"levels\.emd\.after: there is no level 'nerr'; did you mean 'ner'\?",
        ),
        (
            {"ner": None},
            {"tasks": ["ner", "emd"]},
            r"task 'emd' reads level 'emd', which is not among the levels \(ner\)",
        ),
        ({"ner": None}, {"task_levels": {"ner": "low"}}, r"task 'ner' reads level 'low', which is not among"),
        (
            {"ner": None},
            {"task_levels": {"nre": "ner"}},
            r"task_levels\.nre: there is no such task; the tasks are ner",
        ),
    ],
)
def test_bad_hierarchies(
    parents: dict[str, str | None], config: dict[str, object], message: str, build: Build
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(parents, **config)
