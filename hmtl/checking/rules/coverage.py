"""How much of the data is annotated with what a task learns."""

from collections.abc import Iterator

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, amount_of, place_of
from hmtl.checking.rule import Study, rule


@rule("task")
def not_annotated(study: Study, task: Task) -> Iterator[Finding]:
    """Documents that are not annotated with what the task learns, and are skipped."""
    for split, corpus in task.corpora.items():
        skipped = Places()
        for document in corpus.documents:
            if getattr(document, task.layer) is None:
                skipped.add(place_of(document))
        if skipped.count == len(corpus.documents) and skipped.count:
            cause = f"no document is annotated with {task.layer}, which the task learns"
            yield skipped.finding("error", cause, "name other data, or remove the task", split)
        else:
            cause = f"are not annotated with {task.layer} and are skipped"
            mend = "annotate them, or know that they are left out"
            yield from skipped.of(len(corpus.documents), "documents", cause, mend, split)


@rule("task")
def no_arguments(study: Study, task: Task) -> Iterator[Finding]:
    """Documents with relations but without spans, from which the head would learn arguments."""
    if task.layer != "relations" or task.head is None or not task.head.value("arguments"):
        return
    for split in task.corpora:
        found, documents = Places(), task.documents(split)
        for document in documents:
            if document.argument_spans is None:
                found.add(place_of(document))
        cause = "have neither mentions nor entities, from which arguments are learned"
        yield from found.of(len(documents), "documents", cause, "annotate them", split)


@rule("task")
def nothing_found(study: Study, task: Task) -> Iterator[Finding]:
    """Annotated documents without a single item of the layer, and splits of nothing else."""
    for split in task.corpora:
        documents, empty = task.documents(split), Places()
        for document in documents:
            if not getattr(document, task.layer):
                empty.add(place_of(document))
        # a corpus of single sentences is full of them
        if empty.count == len(documents) and documents:
            cause = f"is annotated with {task.layer}, but holds none"
            yield empty.finding("error" if split == "train" else "warning", cause, "check the format", split)
        elif empty.count and any(len(document.sentences) > 1 for document in documents):
            amount = amount_of(empty.count, len(documents), "documents")
            mend = "check that they were annotated at all"
            yield empty.finding("note", f"hold no {task.layer}", mend, split, amount)
