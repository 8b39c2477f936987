"""About what training will need of memory."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn

from hmtl.checking.facts import longest
from hmtl.checking.rule import Study
from hmtl.checking.shapes import parameters
from hmtl.heads.coref import CorefHead
from hmtl.heads.pair_scorer import PairScorer
from hmtl.training.learner import Learner

BYTES = 4
PER_OUTPUT = 6
"""Numbers that an encoder keeps for its backward pass, for each number of its output and each layer: four
gates, cell and output of an LSTM."""
PER_PAIR = 3
"""Tensors over pairs of words that are alive at once."""


@dataclass(frozen=True)
class TaskMemory:
    """Of one task; all but the counts in bytes.

    # Parameters

    parameters : that its steps update. moments : of its optimiser; one that tasks share is told at the first.
    batch : words of its largest batch, padding included. activations : about, of that batch.
    pairs : about, of spans or pairs of words, at most what the head's budget allows; `unbounded` without a
        budget.
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


def _padded(batch: list) -> int:
    lengths = [end - start + 1 for document in batch for start, end in document.sentences]
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


def _pairs(head: nn.Module, longest_document: int, batches: list) -> tuple[int, int]:
    """With the head's budget, and without."""
    if isinstance(head, CorefHead):
        peak = head.peak_mb(longest_document) << 20
        return min(peak, head.budget), peak
    scorer = getattr(head, "scorer", None)
    if isinstance(scorer, PairScorer):
        hidden = scorer.output.in_features
        cells = (
            max(sum((e - s + 1) ** 2 for d in batch for s, e in d.sentences) for batch in batches) * hidden
        )
        return PER_PAIR * BYTES * min(cells, head.memory_budget), PER_PAIR * BYTES * cells  # type: ignore[call-overload]
    return 0, 0
