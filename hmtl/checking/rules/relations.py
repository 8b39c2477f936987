"""Relations that a head cannot represent."""

from collections.abc import Callable, Iterator

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, amount_of, quoted
from hmtl.checking.rule import Study, rule
from hmtl.documents import Document, Relation
from hmtl.heads.relation import RelationHead

Test = Callable[[Document, Relation], bool]


@rule("task")
def arguments_are_no_mentions(study: Study, task: Task) -> Iterator[Finding]:
    """Relations with an argument that is none of the document's mentions or, where it has none, entities."""

    def stray(document: Document, relation: Relation) -> bool:
        known = spans.setdefault(document.id, {span.bounds for span in document.argument_spans or ()})
        return not {relation.head.bounds, relation.tail.bounds} <= known

    spans: dict[str, set[tuple[int, int]]] = {}
    cause = "have an argument that is no mention, and which no model of mentions will find"
    yield from _such(task, stray, cause, "annotate the argument as a mention")


@rule("task")
def self_relations(study: Study, task: Task) -> Iterator[Finding]:
    """Relations of a span with itself."""

    def joins_itself(document: Document, relation: Relation) -> bool:
        return relation.head.bounds == relation.tail.bounds

    yield from _such(
        task, joins_itself, "join a span with itself: never trained, always missed", "remove them"
    )


@rule("task")
def shared_last_words(study: Study, task: Task) -> Iterator[Finding]:
    """Relations whose arguments end in one word, which head `relation` cannot tell apart."""

    def shares(document: Document, relation: Relation) -> bool:
        return relation.head.end == relation.tail.end and relation.head.bounds != relation.tail.bounds

    if task.head is not None and issubclass(task.head.cls, RelationHead):
        cause = "have arguments that share their last word: head 'relation' never finds them"
        yield from _such(task, shares, cause, "take head span_pair_relation")


@rule("task")
def same_pair(study: Study, task: Task) -> Iterator[Finding]:
    """Pairs of spans with several relations, which is allowed, for a look."""
    for split in task.corpora if task.layer == "relations" else ():
        found, total = Places(), 0
        for document in task.documents(split):
            pairs = [(relation.head.bounds, relation.tail.bounds) for relation in document.relations or ()]
            total += len(set(pairs))
            for pair in sorted({pair for pair in pairs if pairs.count(pair) > 1}):
                ends = [token for span in pair for token in span]
                found.add(quoted(document, min(ends), max(ends)))
        if found.count:
            amount = amount_of(found.count, total, "pairs of arguments")
            mend = "nothing: each label is decided on its own"
            yield found.finding("note", "have several relations", mend, split, amount)


def _such(task: Task, test: Test, cause: str, mend: str) -> Iterator[Finding]:
    """Counts the relations of each split that pass the test."""
    for split in task.corpora if task.layer == "relations" else ():
        found, total = Places(), 0
        for document in task.documents(split):
            total += len(document.relations or ())
            for relation in document.relations or ():
                if test(document, relation):
                    ends = (*relation.head.bounds, *relation.tail.bounds)
                    found.add(quoted(document, min(ends), max(ends)))
        yield from found.of(total, "relations", cause, mend, split)
