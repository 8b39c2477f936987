"""Formats that hold one object for each sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, ClassVar

from hmtl.documents import Document, Relation, Span
from hmtl.formats.files import TextFile
from hmtl.formats.json_stream import json_objects
from hmtl.formats.names import Names
from hmtl.formats.one_layer import OneLayer
from hmtl.formats.streams import FormatError
from hmtl.json_values import JsonValue


class Sentences(OneLayer):
    """A format of one JSON object for each sentence, with its words, one kind of typed spans, relations
    between these, and the id of the document that it is of.

    # Parameters

    layer : the layer that the typed spans are, `entities` or `mentions`.
    join : whether sentences in a row that have one id are one document, as `write` gives several of a
        document; otherwise each is a document of its own, and the id of the second is `#2` longer.
    """

    other_layers = frozenset({"relations"})
    key: ClassVar[str]
    """Of the id."""

    def __init__(self, layer: str = "entities", join: bool = False, max_megabytes: int = 1024) -> None:
        super().__init__(layer, max_megabytes)
        self.join = join

    def read_file(self, file: TextFile) -> Iterator[Document]:
        names = Names(file)
        for roots in self._by_document(json_objects(file)):
            name = names.of(roots[0][self.key])
            yield self._joined([self.sentence(root, name) for root in roots])

    def sentence(self, root: JsonValue, name: str) -> Document:
        """One object as a Document of this name."""
        raise NotImplementedError

    def _by_document(self, roots: Iterable[JsonValue]) -> Iterator[list[JsonValue]]:
        group: list[JsonValue] = []
        for root in roots:
            name = root[self.key].value
            is_same = (
                self.join and type(name) in (str, int) and bool(group) and group[0][self.key].value == name
            )
            if group and not is_same:
                yield group
                group = []
            group.append(root)
        if group:
            yield group

    def _joined(self, sentences: list[Document]) -> Document:
        """The sentences as one document."""
        if len(sentences) == 1:
            return sentences[0]
        ends = list(accumulate(len(sentence.tokens) for sentence in sentences))
        starts = [0, *ends[:-1]]
        return Document(
            sentences[0].id,
            tuple(token for sentence in sentences for token in sentence.tokens),
            tuple((start, end - 1) for start, end in zip(starts, ends, strict=True)),
            source=sentences[0].source,
            **{layer: _joined_layer(sentences, layer, starts) for layer in self.layers},
        )

    def sentences(self, document: Document) -> Iterator[Document]:
        """Each sentence as a document with the id of its own. Raises `FormatError` where the document has
        something that is in none of them, or a layer that is not carried."""
        self.spans(document)
        spans, relations = self.by_sentence(document, self.layer), self._relations(document)
        for (start, end), own, related in zip(document.sentences, spans, relations, strict=True):
            layers = {self.layer: own, "relations": related}
            carried = {name: items for name, items in layers.items() if getattr(document, name) is not None}
            yield Document(document.id, document.tokens[start : end + 1], source=document.source, **carried)

    def _relations(self, document: Document) -> list[list[Relation]]:
        """The relations of each sentence, indices within it."""
        number = document.sentence_of()
        relations: list[list[Relation]] = [[] for _ in document.sentences]
        for relation in document.relations or ():
            sentence = number[relation.head.start]
            if number[relation.tail.start] != sentence:
                self.cannot_hold(document, "relations that cross sentences", "write jsonl")
            relations[sentence].append(_moved(relation, -document.sentences[sentence][0]))
        return relations


def _joined_layer(sentences: list[Document], layer: str, starts: list[int]) -> tuple[Any, ...] | None:
    """A layer of all sentences, which start at these words. Raises `FormatError` where only some have it."""
    bare = [sentence for sentence in sentences if getattr(sentence, layer) is None]
    if len(bare) == len(sentences):
        return None
    if bare:
        cause = f"has no {layer}, unlike another sentence of document {bare[0].id!r}"
        raise FormatError(f"{bare[0].source}: {cause}; annotate both, or read without join")
    return tuple(
        _moved(item, start)
        for sentence, start in zip(sentences, starts, strict=True)
        for item in getattr(sentence, layer)
    )


def _moved(item: Any, by: int) -> Any:
    if isinstance(item, Relation):
        return Relation(_moved(item.head, by), _moved(item.tail, by), item.label)
    return Span(item.start + by, item.end + by, item.label)
