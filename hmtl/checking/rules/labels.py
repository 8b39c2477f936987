"""The labels of a task."""

from collections import Counter
from collections.abc import Iterator

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, quoted
from hmtl.checking.rule import Study, rule
from hmtl.checking.words import labels_of
from hmtl.documents import Document, Relation, Span

FEW = 5
"""Examples below which a label is told: with fewer a score means nothing."""


def namespaces_of(task: Task) -> list[str]:
    """The label sets that the task's head reads, and refuses labels beyond."""
    own = [f"{task.name}_labels"]
    has_arguments = task.head is not None and task.head.value("arguments")
    return own + [f"{task.name}_argument_labels"] * bool(has_arguments)


def label_counts(task: Task, split: str) -> dict[str, Counter[str]]:
    """By namespace."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in namespaces_of(task)}
    for namespace, label in labels_of(task, split):
        if namespace in counts:
            counts[namespace][label] += 1
    return counts


@rule("task")
def new_labels(study: Study, task: Task) -> Iterator[Finding]:
    """Labels that the vocabulary lacks, as those of validation data alone: training or evaluation stops
    there."""
    for namespace in namespaces_of(task) if study.words.vocabulary else ():
        known = study.words.known(namespace)
        for split in task.corpora if known or task.documents("train") else ():
            places: dict[str, Places] = {}
            for document in task.documents(split):
                for item in _items(task, namespace, document):
                    if item.label not in known:
                        places.setdefault(item.label, Places()).add(_place(document, item))
            stops = split != "test" or study.experiment.config.get("evaluate_on_test")
            for label, found in places.items():
                cause = f"label '{label}' is not in the vocabulary ({namespace})"
                mend = f"add it to vocabulary.tokens_to_add.{namespace}, or mend the split"
                yield found.finding("error" if stops else "warning", cause, mend, split)


def _items(task: Task, namespace: str, document: Document) -> tuple[Span | Relation, ...]:
    """What bears the labels of a namespace."""
    if namespace.endswith("_argument_labels"):
        return document.argument_spans or ()
    return getattr(document, task.layer) if task.layer != "clusters" else ()


@rule("task")
def rare_labels(study: Study, task: Task) -> Iterator[Finding]:
    """Labels with so few training examples that nothing can be learned of them."""
    for namespace, counts in label_counts(task, "train").items():
        rare = [f"{label} {count}" for label, count in sorted(counts.items()) if count < FEW]
        if rare:
            cause = f"{len(rare)} of {len(counts)} labels of {namespace} have fewer than {FEW} examples: "
            mend = "unite or ignore them, or do not read their scores"
            yield Places().finding("note", cause + ", ".join(rare), mend, "train")


@rule("task")
def no_label(study: Study, task: Task) -> Iterator[Finding]:
    """Items with the empty label, as formats give that know no types."""
    for namespace in namespaces_of(task):
        for split in task.corpora:
            found, total = Places(), 0
            for document in task.documents(split):
                for item in _items(task, namespace, document):
                    total += 1
                    if not item.label:
                        found.add(_place(document, item))
            cause = f"of {namespace} have the empty label"
            yield from found.of(total, "items", cause, "check the columns or keys of the format", split)


def _place(document: Document, item: Span | Relation) -> str:
    span = item.head if isinstance(item, Relation) else item
    return quoted(document, *span.bounds)
