"""Documents as JSON, with nothing lost: what prediction answers and the server takes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hmtl.documents import Document, Relation, Span
from hmtl.json_values import JsonValue

Json = dict[str, Any]


def to_json(document: Document) -> Json:
    """The document as JSON values. Layers that were not annotated are None, `genre` and `speakers` are there
    if known.

    A span is `{"start", "end", "label", "text", "char_start", "char_end"}`, without the label in clusters:
    tokens with both ends inclusive, characters half-open.
    """
    clusters, relations = document.clusters, document.relations
    answer: Json = {
        "id": document.id,
        "text": document.text,
        "tokens": list(document.tokens),
        "offsets": [list(pair) for pair in document.offsets],
        "sentences": [list(pair) for pair in document.sentences],
        "entities": _labelled(document, document.entities),
        "mentions": _labelled(document, document.mentions),
        "relations": None if relations is None else [_related(document, relation) for relation in relations],
        "clusters": None if clusters is None else [[_place(document, *span) for span in c] for c in clusters],
    }
    if document.genre is not None:
        answer["genre"] = document.genre
    if document.speakers is not None:
        answer["speakers"] = list(document.speakers)
    return answer


def _place(document: Document, start: int, end: int) -> Json:
    characters = {"char_start": document.offsets[start][0], "char_end": document.offsets[end][1]}
    return {"start": start, "end": end, "text": document.span_text(start, end), **characters}


def _label(document: Document, span: Span) -> Json:
    return {"label": span.label, **_place(document, span.start, span.end)}


def _labelled(document: Document, spans: Iterable[Span] | None) -> list[Json] | None:
    return None if spans is None else [_label(document, span) for span in spans]


def _related(document: Document, relation: Relation) -> Json:
    head, tail = _label(document, relation.head), _label(document, relation.tail)
    return {"head": head, "tail": tail, "label": relation.label}


def from_json(data: Any, source: str = "input") -> Document:
    """The document that `to_json` wrote, from values that may be anything; text and characters of spans are
    not read.

    Only `id` and `tokens` must be there. Raises `DocumentError` with the key where a value has the wrong
    type, and where the document contradicts itself.
    """
    root = JsonValue(data, source)
    clusters, relations, speakers = root["clusters"], root["relations"], root["speakers"]
    return Document(
        id=root["id"].string(),
        tokens=tuple(root["tokens"].strings()),
        sentences=() if root["sentences"].is_null else tuple(root["sentences"].pairs()),
        text="" if root["text"].is_null else root["text"].string(),
        offsets=() if root["offsets"].is_null else tuple(root["offsets"].pairs()),
        entities=_read_labelled(root["entities"]),
        mentions=_read_labelled(root["mentions"]),
        relations=None if relations.is_null else tuple(_read_relation(item) for item in relations.items()),
        clusters=None if clusters.is_null else tuple(_read_cluster(item) for item in clusters.items()),
        speakers=None if speakers.is_null else tuple(speakers.strings()),
        genre=None if root["genre"].is_null else root["genre"].string(),
        source=source,
    )


def _read_span(span: JsonValue) -> Span:
    return Span(span["start"].integer(), span["end"].integer(), span["label"].string())


def _read_labelled(layer: JsonValue) -> tuple[Span, ...] | None:
    return None if layer.is_null else tuple(_read_span(item) for item in layer.items())


def _read_relation(relation: JsonValue) -> Relation:
    return Relation(_read_span(relation["head"]), _read_span(relation["tail"]), relation["label"].string())


def _read_cluster(cluster: JsonValue) -> tuple[tuple[int, int], ...]:
    return tuple((span["start"].integer(), span["end"].integer()) for span in cluster.items())
