"""Relation arguments: formats store their bounds, and their types with the mentions."""

from __future__ import annotations

from collections.abc import Iterable

from hmtl.documents import Document, Span

Labels = dict[tuple[int, int], str]


def argument_labels(mentions: Iterable[Span] | None, entities: Iterable[Span] | None = None) -> Labels:
    """The type of each span that can be an argument: as a mention, otherwise as an entity. Of several types
    the first in the alphabet."""
    labels: Labels = {}
    for span in (*sorted(mentions or ()), *sorted(entities or ())):
        labels.setdefault(span.bounds, span.label)
    return labels


def untypeable_argument(document: Document, labels: Labels) -> Span | None:
    """The first argument whose type would change if it was looked up; one without a type may gain it."""
    arguments = (
        argument for relation in document.relations or () for argument in (relation.head, relation.tail)
    )
    return next((a for a in arguments if a.label and a.label != labels.get(a.bounds, "")), None)
