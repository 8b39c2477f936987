"""About what training will need of memory.

Activations and pairs lie between 0.7 and 1.3 of what autograd keeps (measured, see docs/corpora.md)."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn

from hmtl.checking.facts import longest
from hmtl.checking.rule import Study
from hmtl.checking.shapes import parameters
from hmtl.documents import Document
from hmtl.heads.band import block_size
from hmtl.heads.coref import CorefHead
from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.relation import RelationHead
from hmtl.heads.span_biaffine import MAX_CELLS
from hmtl.heads.span_classifier import SpanClassifier
from hmtl.training.learner import Learner

BYTES = 4
PER_OUTPUT = 6
"""Numbers that an encoder keeps for its backward pass, for each number of its output and each layer: four
gates, cell and output of an LSTM."""
PER_PAIR = 3
"""Tensors over pairs of words that are alive at once."""
PER_SPAN = 6
"""Tensors over the spans of a sentence."""


@dataclass(frozen=True)
class TaskMemory:
    """Of one task; all but the counts in bytes.

    # Parameters

    parameters : that its steps update. moments : of its optimiser; one that tasks share is told at the first.
    batch : words of its largest batch, padding included. activations : about, of that batch.
    pairs : about, of spans or of pairs of words, tags or spans, at most what the head's budget allows;
        `unbounded` without a budget.
    """

    parameters: int
    moments: int
    batch: int
    activations: int
    pairs: int
    unbounded: int


@dataclass(frozen=True)
class Memory:
    """Of the whole run, in bytes. weights : with their gradients and, where kept, their average."""

    weights: int
    tasks: dict[str, TaskMemory]

    @property
    def total(self) -> int:
        """About the most at one time: tasks take turns, but each optimiser keeps its moments."""
        moments = sum(task.moments for task in self.tasks.values())
        return self.weights + moments + max(task.activations + task.pairs for task in self.tasks.values())


def memory_of(study: Study) -> Memory | None:
    """None where parts of the model or the schedule cannot be told."""
    shapes, run = study.shapes, study.run
    if run is None or shapes is None or shapes.width is None or shapes.backbone is None:
        return None
    if not set(run.plan.sizes) <= set(shapes.heads):
        return None
    embedder = sum(map(parameters, shapes.embedders.values()))
    whole = embedder + parameters(shapes.backbone) + sum(map(parameters, shapes.heads.values()))
    copies = 2 + bool(study.experiment.section("trainer").get("average_decay"))
    tasks = {task: _task(study, task, embedder) for task in study.experiment.names if task in run.plan.sizes}
    if study.experiment.section("trainer").get("shared_optimizer"):
        kept = whole * moments(next(iter(run.learners.values()))) * BYTES
        tasks = {task: replace(own, moments=0 if n else kept) for n, (task, own) in enumerate(tasks.items())}
    return Memory(copies * whole * BYTES, tasks)


def _task(study: Study, task: str, embedder: int) -> TaskMemory:
    shapes, run = study.shapes, study.run
    assert shapes is not None and run is not None
    head, path = shapes.heads[task], list(_path(study, task))
    size = embedder + sum(parameters(shapes.backbone.parts()[name]) for name in path) + parameters(head)  # type: ignore[union-attr]
    kept = moments(run.learners[task]) * size * BYTES
    batches = [run.loader.documents(task, numbers) for numbers in run.loader.batches(task, 0)]
    words = max(_padded(batch) for batch in batches)
    pairs, unbounded = _pairs(head, longest(document for batch in batches for document in batch), batches)
    return TaskMemory(size, kept, words, _activations(study, path) * words * BYTES, pairs, unbounded)


def moments(learner: Learner) -> int:
    """How many numbers the optimiser keeps for each parameter, told by a step of its stand-in."""
    optimizer = copy.deepcopy(learner.optimizer)
    stand_in = optimizer.param_groups[0]["params"][0]
    stand_in.grad = torch.zeros_like(stand_in)
    optimizer.step()
    state = optimizer.state[stand_in].values()
    return sum(isinstance(value, torch.Tensor) and value.shape == stand_in.shape for value in state)


def _path(study: Study, task: str) -> Iterator[str]:
    """The level that a task reads, and those below it."""
    backbone = study.experiment.section("model.backbone")
    name = (backbone.get("task_levels") or {}).get(task, task)
    while name is not None:
        yield name
        name = backbone["levels"][name].get("after")


def _lengths(batch: list[Document]) -> list[int]:
    """Words of each sentence."""
    return [end - start + 1 for document in batch for start, end in document.sentences]


def _padded(batch: list[Document]) -> int:
    lengths = _lengths(batch)
    return len(lengths) * max(lengths)


def _activations(study: Study, path: list[str]) -> int:
    """Numbers for each word."""
    shapes = study.shapes
    assert shapes is not None and shapes.width is not None
    encoders = shapes.backbone.parts()  # type: ignore[union-attr]
    numbers = 2 * shapes.width  # before and after its dropout
    for name in path:
        layers = study.experiment.section(f"model.backbone.levels.{name}.encoder").get("num_layers") or 1
        numbers += encoders[name].get_input_dim() + layers * PER_OUTPUT * encoders[name].get_output_dim()
    return numbers


def _pairs(head: nn.Module, longest_document: int, batches: list[list[Document]]) -> tuple[int, int]:
    """With the budgets of the head and of the one inside it, and without."""
    inner = getattr(getattr(head, "arguments", None), "head", None)
    parts = [_pairs(inner, longest_document, batches)] if inner is not None else []
    if isinstance(head, CorefHead):
        peak = head.peak_mb(longest_document) << 20
        parts.append((min(peak, head.budget), peak))
    elif isinstance(head, RelationHead):
        hidden = head.scorer.output.in_features
        numbers = PER_PAIR * hidden * max(sum(n * n for n in _lengths(batch)) for batch in batches)
        parts.append((BYTES * min(numbers, PER_PAIR * head.memory_budget), BYTES * numbers))
    elif isinstance(head, CrfTagger):
        # the forward algorithm goes from each tag to each
        numbers = max(map(_padded, batches)) * len(head.tag_set.names) ** 2
        parts.append((BYTES * numbers, BYTES * numbers))
    elif isinstance(head, SpanClassifier):
        numbers = PER_SPAN * max(sum(_lengths(batch)) for batch in batches) * _per_word(head, batches)
        parts.append((BYTES * min(numbers, PER_SPAN * MAX_CELLS), BYTES * numbers))
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _per_word(head: SpanClassifier, batches: list[list[Document]]) -> int:
    """Numbers in the scores of the spans from one word on, as `SpanBiaffine.pieces` counts them."""
    longest_sentence = max(max(_lengths(batch)) for batch in batches)
    width = min(longest_sentence, head.max_width or longest_sentence)
    block, labels, hidden = block_size(width), *head.biaffine.weight.shape[:2]
    return (block + width - 1) * (block * labels + hidden) // block
