"""Where the gold relations of a batch stand. Shared by the heads of relations."""

from collections.abc import Iterator
from typing import NamedTuple

from hmtl.documents import Document, Relation
from hmtl.heads.rows import gold_layer, label_indices


class GoldRelation(NamedTuple):
    """A gold relation.

    document : the index of its document.
    offset : of that document's first word among the words of the batch.
    relation : in the tokens of its document.
    label : the index of its label.
    within : whether it lies within a row, so that some pair of the row stands for it.
    """

    document: int
    offset: int
    relation: Relation
    label: int
    within: bool


def gold_relations(documents: list[Document], labels: list[str], task: str) -> Iterator[GoldRelation]:
    """All gold relations of a batch.

    Raises `ConfigurationError` where a document is not annotated with relations, or a label is not among
    `labels`.
    """
    offset = 0
    for number, document in enumerate(documents):
        relations = gold_layer(document, "relations", task)
        sentence = document.sentence_of() if relations else []
        for relation in relations:
            touched = {sentence[token] for span in (relation.head, relation.tail) for token in span.bounds}
            label = label_indices(labels, relation.label, document, task)
            yield GoldRelation(number, offset, relation, label, within=len(touched) == 1)
        offset += len(document.tokens)
