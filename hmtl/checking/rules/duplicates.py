"""Text that stands in more than one split."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, amount_of, place_of, quoted
from hmtl.checking.rule import Study, rule
from hmtl.documents import Document

LEAST_WORDS = 6
"""Of a sentence: shorter ones return by themselves."""
EVALUATED = ("validation", "test")
Sentence = tuple[str, ...]


@rule("task")
def leaked_documents(study: Study, task: Task) -> Iterator[Finding]:
    """Documents of validation or test data that are also trained on, or validated on and tested."""
    for seen, split in (("train", "validation"), ("train", "test"), ("validation", "test")):
        known = {document.tokens for document in task.documents(seen) if len(document.tokens) >= LEAST_WORDS}
        found, documents = Places(), task.documents(split)
        for document in documents:
            if document.tokens in known:
                found.add(place_of(document))
        if found.count:
            amount = amount_of(found.count, len(documents), "documents")
            cause = f"are word for word in the {seen} data too"
            yield found.finding("warning", cause, "take them out of one of the two", split, amount)


@rule("study")
def leaked_sentences(study: Study) -> Iterator[Finding]:
    """Sentences of a task's validation or test data that are trained on, by this task or by another."""
    trained = {name: _sentences(task, "train") for name, task in study.experiment.tasks.items()}
    for task in study.experiment.tasks.values():
        for split in EVALUATED:
            for other in _with_other_data(task, study.experiment.tasks):
                yield from _leak(task, split, other, trained[other])


def _with_other_data(task: Task, tasks: Mapping[str, Task]) -> Iterator[str]:
    """The task itself, and others that train on other data; of those that share it the first."""
    seen: set[int] = set()
    for other in (task, *tasks.values()):
        corpus = other.corpora.get("train")
        if corpus is not None and id(corpus) not in seen:
            seen.add(id(corpus))
            yield other.name


def _leak(task: Task, split: str, other: str, known: Mapping[Sentence, str]) -> Iterator[Finding]:
    found, sentences = Places(), _sentences(task, split)
    for sentence in (sentence for sentence in sentences if sentence in known):
        found.add(sentences[sentence])
    whose = "its own training data" if other == task.name else f"the training data of task '{other}'"
    mend = "take them out there, or know that scores are flattered"
    for finding in found.of(len(sentences), "different sentences", f"are in {whose} too", mend, split):
        yield replace(finding, task=task.name)


@rule("task")
def repeated_documents(study: Study, task: Task) -> Iterator[Finding]:
    """Documents that stand twice in the training data."""
    seen: dict[Sentence, Document] = {}
    found = Places()
    for document in task.documents("train"):
        if len(document.tokens) >= LEAST_WORDS and seen.setdefault(document.tokens, document) is not document:
            found.add(place_of(document))
    if found.count:
        amount = amount_of(found.count, len(task.documents("train")), "documents")
        mend = "remove them, unless they shall weigh double"
        yield found.finding("note", "repeat an earlier one word for word", mend, "train", amount)


def _sentences(task: Task, split: str) -> dict[Sentence, str]:
    """The different sentences of a split, each with its first place."""
    found: dict[Sentence, str] = {}
    for document in task.documents(split):
        for start, end in document.sentences:
            words = document.tokens[start : end + 1]
            if len(words) >= LEAST_WORDS and words not in found:
                found[words] = quoted(document, start, end)
    return found
