"""DocRED and Re-DocRED: entities of whole documents, their mentions, and relations between entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Cluster, Document, Relation, Span
from hmtl.formats.brackets import merge
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import array_lines, first_keys, json_objects
from hmtl.formats.jsonl_values import sentence_words
from hmtl.formats.names import Names
from hmtl.formats.one_layer import OneLayer
from hmtl.json_values import JsonValue

ARGUMENTS = ("nearest", "all")


@Format.register("docred")
class Docred(OneLayer):
    """Objects with `title`, `sents` (lists of words), `vertexSet` (for each entity its mentions `{"sent_id",
    "pos": [start, end], "type", "name"}`, end exclusive) and `labels` `{"h", "t", "r"}`, relations between
    entities, in one array. Source: Yao et al. (2019), https://aclanthology.org/P19-1074; Tan et al. (2022),
    https://arxiv.org/abs/2205.12696.

    An entity is a cluster, entities that share a mention are one, and what is listed twice is read once. A
    missing `vertexSet` or `labels` is a layer that was not annotated. Ids are titles, with `#2` and so on
    where one returns. Evidence is not read, text, speakers and genre are not written.

    Our relations join mentions. `write` gives their entities back: relations of one type between the same two
    entities are one, and a mention outside of the clusters becomes an entity of its own.

    # Parameters

    layer : what the mentions are, `entities` or `mentions`.
    arguments : the mentions that a relation is read to join. `nearest`: the two with the fewest words between
        them, in one sentence if there are any. `all`: all pairs in one sentence, otherwise the nearest.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    other_layers = frozenset({"relations", "clusters"})
    suffixes = (".json",)

    def __init__(
        self, layer: str = "mentions", arguments: str = "nearest", max_megabytes: int = 1024
    ) -> None:
        super().__init__(layer, max_megabytes)
        if arguments not in ARGUMENTS:
            raise ConfigurationError(
                f"arguments: '{arguments}' is unknown; choose from {', '.join(ARGUMENTS)}"
            )
        self.arguments = arguments

    def read_file(self, file: TextFile) -> Iterator[Document]:
        names = Names(file)
        for root in json_objects(file):
            tokens, bounds = sentence_words(root["sents"])
            document = Document(names.of(root["title"]), tuple(tokens), tuple(bounds), source=root.source)
            if root["vertexSet"].is_null:
                yield document
                continue
            entities = [_entity(vertex, bounds) for vertex in root["vertexSet"].items()]
            clusters = merge(([span.bounds for span in entity] for entity in entities), root.source)
            yield document.replace(
                clusters=tuple(clusters),
                relations=self._relations(root["labels"], entities, document.sentence_of()),
                **{self.layer: tuple({span for entity in entities for span in entity})},
            )

    def _relations(
        self, labels: JsonValue, entities: Sequence[list[Span]], sentence: list[int]
    ) -> tuple[Relation, ...] | None:
        if labels.is_null:
            return None
        found: set[Relation] = set()
        for item in labels.items():
            head, tail = (_numbered(item[key], entities) for key in ("h", "t"))
            pairs = sorted(product(head, tail), key=lambda pair: _distance(*pair, sentence))
            together = [(a, b) for a, b in pairs if sentence[a.start] == sentence[b.start] and a != b]
            joined = together if self.arguments == "all" and together else pairs[:1]
            found |= {Relation(a, b, item["r"].string()) for a, b in joined}
        return tuple(found)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, array_lines(self._json(document) for document in documents))

    def _json(self, document: Document) -> dict[str, Any]:
        spans = self.spans(document)
        self.by_sentence(document, self.layer)
        data: dict[str, Any] = {
            "title": document.id,
            "sents": [document.tokens[start : end + 1] for start, end in document.sentences],
        }
        if getattr(document, self.layer) is None and document.clusters is None:
            return data
        entities = self._entities(document, spans)
        number = {bounds: n for n, entity in enumerate(entities) for bounds in entity}
        typed: dict[tuple[int, int], list[dict[str, Any]]] = {}
        for span, mention in zip(spans, _mentions(document, spans), strict=True):
            typed.setdefault(span.bounds, []).append(mention)
        data["vertexSet"] = [[m for bounds in entity for m in typed[bounds]] for entity in entities]
        if document.relations is not None:
            triples = {(number[r.head.bounds], number[r.tail.bounds], r.label) for r in document.relations}
            data["labels"] = [{"h": h, "t": t, "r": r, "evidence": []} for h, t, r in sorted(triples)]
        return data

    def _entities(self, document: Document, spans: Iterable[Span]) -> list[Cluster]:
        """The clusters, and what lies in none of them. Raises `FormatError` at a span of a cluster without a
        type."""
        typed = {span.bounds for span in spans}
        clustered = {bounds for cluster in document.clusters or () for bounds in cluster}
        if stray := sorted(clustered - typed):
            self.cannot_hold(document, f"a cluster with {stray[0]}, none of its {self.layer}", "add it there")
        return [*(document.clusters or ()), *((bounds,) for bounds in sorted(typed - clustered))]

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return first_keys(lines) >= {"title", "sents"}


def _entity(vertex: JsonValue, bounds: Sequence[tuple[int, int]]) -> list[Span]:
    """The mentions of an entity."""
    spans: set[Span] = set()
    for item in vertex.items():
        number = item["sent_id"].integer()
        if not 0 <= number < len(bounds):
            item["sent_id"].fail(f"is sentence {number} of {len(bounds)}", "count the sentences from 0")
        first, last = bounds[number]
        start, end = item["pos"].row("[start, end]", int, int)
        if not 0 <= start < end <= last - first + 1:
            fault = f"is no part of sentence {number}, which has {last - first + 1} words"
            item["pos"].fail(fault, "count its words from 0, the end exclusive")
        spans.add(Span(first + start, first + end - 1, item["type"].string()))
    return sorted(spans) or vertex.fail("is an entity without mentions", "remove it, and count anew")


def _numbered(key: JsonValue, entities: Sequence[list[Span]]) -> list[Span]:
    if not 0 <= key.integer() < len(entities):
        key.fail(f"is entity {key.value} of {len(entities)}", "count the entities from 0")
    return entities[key.value]


def _distance(head: Span, tail: Span, sentence: list[int]) -> tuple[bool, int]:
    """Whether two mentions are in different sentences, and the words between them, negative where they
    overlap."""
    first, second = sorted((head, tail))
    return sentence[head.start] != sentence[tail.start], second.start - first.end


def _mentions(document: Document, spans: Iterable[Span]) -> Iterator[dict[str, Any]]:
    number = document.sentence_of()
    for start, end, label in spans:
        sentence = number[start]
        first = document.sentences[sentence][0]
        name = " ".join(document.tokens[start : end + 1])
        yield {"name": name, "sent_id": sentence, "pos": [start - first, end - first + 1], "type": label}
