"""Where the gold relations of a batch stand. Shared by the heads of relations."""

from collections.abc import Iterator
from typing import NamedTuple

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Relation
from hmtl.heads.rows import label_indices


class GoldRelation(NamedTuple):
    """A gold relation within a row: the index of its document and that document's first word among the words of the
    batch, the relation in the tokens of its document, and the index of its label."""

    document: int
    offset: int
    relation: Relation
    label: int


def gold_relations(documents: list[Document], labels: list[str], task: str) -> Iterator[GoldRelation]:
    """Relations between sentences are left out, since no pair within a row stands for them.

    Raises `ConfigurationError` where a document is not annotated with relations, or a label is not among `labels`.
    """
    offset = 0
    for number, document in enumerate(documents):
        if document.relations is None:
            raise ConfigurationError(
                f"{document.source or document.id}: the document has no layer 'relations', which task '{task}' learns from; "
                "annotate it (an empty layer will do), or take the file out of the task's data"
            )
        sentence = document.sentence_of() if document.relations else []
        for relation in document.relations:
            if len({sentence[token] for span in (relation.head, relation.tail) for token in span.bounds}) == 1:
                label = label_indices(labels, relation.label, document, task)
                yield GoldRelation(number, offset, relation, label)
        offset += len(document.tokens)
