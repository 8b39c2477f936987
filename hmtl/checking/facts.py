"""What a config and its data are, right or wrong."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hmtl.checking.experiment import Experiment, Task
from hmtl.checking.rule import Study
from hmtl.checking.rules.hierarchy import parents_of, readers_of
from hmtl.checking.rules.labels import label_counts
from hmtl.checking.rules.training import passes_of
from hmtl.documents import Document


@dataclass(frozen=True)
class Size:
    """A task's data in one split.

    # Parameters

    items : of the task's layer; `clustered` of them, for coreference the mentions. annotated : documents with
        the layer. bare : its instances without an item.
    """

    documents: int
    annotated: int
    sentences: int
    words: int
    longest_sentence: int
    longest_document: int
    items: int
    clustered: int
    instances: int
    bare: int


@dataclass(frozen=True)
class Level:
    """A level of the backbone with those that stand on it, or the word representations with all."""

    name: str
    about: str
    width: int | None
    parameters: int | None
    tasks: list[str]
    above: list["Level"] = field(default_factory=list)


def size_of(task: Task, split: str) -> Size:
    """Counted over all documents, items over the annotated ones."""
    documents, instances = task.corpora[split].documents, task.instances(split)
    layers = [getattr(document, task.layer) for document in task.documents(split)]
    lengths = [end - start + 1 for document in documents for start, end in document.sentences]
    clusters = [cluster for layer in layers for cluster in layer] if task.layer == "clusters" else []
    return Size(
        documents=len(documents),
        annotated=len(layers),
        sentences=len(lengths),
        words=sum(lengths),
        longest_sentence=max(lengths, default=0),
        longest_document=max((len(document.tokens) for document in documents), default=0),
        items=sum(map(len, layers)),
        clustered=sum(map(len, clusters)),
        instances=len(instances),
        bare=sum(not getattr(instance, task.layer) for instance in instances),
    )


def entropy(counts: Counter[str]) -> float:
    """Of the labels' shares, in bits; log2 of their number where all are as frequent."""
    total = sum(counts.values())
    return -sum(n / total * math.log2(n / total) for n in counts.values() if n) + 0.0


def balance(task: Task) -> dict[str, Counter[str]]:
    """The labels of the training data and how often each stands there, by namespace; none without labels."""
    counted = label_counts(task, "train") if "train" in task.corpora and task.layer != "clusters" else {}
    return {namespace: counts for namespace, counts in counted.items() if counts}


def hierarchy(study: Study) -> Level:
    """The word representations, and what stands on them. A circle is not drawn."""
    experiment, shapes = study.experiment, study.shapes
    parents, readers = parents_of(experiment), readers_of(experiment)
    encoders = shapes.backbone.parts() if shapes and shapes.backbone else {}
    known = shapes is not None and shapes.width is not None

    def level(name: str) -> Level:
        size = sum(p.numel() for p in encoders[name].parameters()) if known and name in encoders else None
        width = encoders[name].get_output_dim() if name in encoders else None
        above = [level(other) for other, parent in parents.items() if parent == name]
        return Level(name, _encoder(experiment, name), width, size, readers[name], above)

    roots = [level(name) for name, parent in parents.items() if parent is None]
    embedders = shapes.embedders.values() if shapes and known else ()
    size = sum(p.numel() for embedder in embedders for p in embedder.parameters()) if known else None
    about = " + ".join(experiment.section("model.embedder.token_embedders"))
    return Level("words", about, shapes.width if shapes else None, size, [], roots)


def _encoder(experiment: Experiment, level: str) -> str:
    """Type and layers, such as `lstm, 2 layers`."""
    encoder = experiment.section(f"model.backbone.levels.{level}.encoder")
    layers = encoder.get("num_layers")
    counted = f", {layers} layer{'' if layers == 1 else 's'}" if isinstance(layers, int) else ""
    return f"{encoder.get('type', '?')}{counted}"


@dataclass(frozen=True)
class Steps:
    """What a task can expect: steps in the first and the last epoch, passes in the whole run."""

    batches: int
    instances: int
    first: float
    last: float
    share: float
    passes: float


def steps_of(study: Study) -> dict[str, Steps]:
    """By task; empty where nothing could be forecast."""
    if study.run is None:
        return {}
    plan, schedule, passes = study.run.plan, study.run.schedule, passes_of(study.run)
    first, last = schedule.expected(0, plan), schedule.expected(plan.num_epochs - 1, plan)
    return {
        task: Steps(size.batches, size.instances, first[task], last[task],
                    first[task] / sum(first.values()), passes[task])
        for task, size in ((task, plan.sizes[task]) for task in study.experiment.names if task in plan.sizes)
    }  # fmt: skip


def longest(documents: Iterable[Document]) -> int:
    """Words of the longest."""
    return max((len(document.tokens) for document in documents), default=0)


def as_json(value: Any) -> Any:
    """Dataclasses and counters as plain values."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {name: as_json(item) for name, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value
