"""From the JSON schema of DyGIE++ to Documents, checking every value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from hmtl.documents import Document, Relation, Span
from hmtl.formats.align import align
from hmtl.formats.arguments import Labels, argument_labels
from hmtl.formats.brackets import merge
from hmtl.json_values import JsonValue

T = TypeVar("T")
Bounds = Sequence[tuple[int, int]]


def read_document(root: JsonValue) -> Document:
    """The document that a line's object describes. Raises the root's error where it is not of `Jsonl`'s
    shape."""
    tokens, bounds = sentence_words(root["sentences"])
    entities = _spans(root["ner"], bounds)
    mentions = _spans(root["mentions"], bounds) if "mentions" in root.names() else entities
    clusters = root["clusters"]
    return Document(
        id=root["doc_key"].string(),
        tokens=tuple(tokens),
        sentences=tuple(bounds),
        text="" if root["text"].is_null else root["text"].string(),
        offsets=tuple(_offsets(root, bounds, tokens)),
        entities=entities,
        mentions=mentions,
        relations=_relations(root["relations"], bounds, argument_labels(mentions, entities)),
        clusters=None if clusters.is_null else tuple(merge(map(_cluster, clusters.items()), root.source)),
        speakers=None
        if root["speakers"].is_null
        else tuple(_words(root["speakers"], bounds, JsonValue.strings)),
        genre=None if root["genre"].is_null else root["genre"].string(),
        source=root.source,
    )


def sentence_words(sentences: JsonValue) -> tuple[list[str], list[tuple[int, int]]]:
    """The words of lists of words, and where each list's begin and end."""
    tokens: list[str] = []
    bounds: list[tuple[int, int]] = []
    for number, sentence in enumerate(sentences.items()):
        words = sentence.strings()
        if not words:
            sentences.fail(f"has no words in sentence {number}", "remove it here and in the other keys")
        bounds.append((len(tokens), len(tokens) + len(words) - 1))
        tokens += words
    return tokens, bounds


def _cluster(cluster: JsonValue) -> list[tuple[int, int]]:
    return cluster.pairs() or cluster.fail("is empty", "remove it")


def _rows(value: JsonValue, bounds: Bounds) -> list[JsonValue]:
    """The value's lists, one for each sentence."""
    rows = value.items()
    if len(rows) != len(bounds):
        value.fail(f"has {len(rows)} lists for {len(bounds)} sentences", "give one for each")
    return rows


def _words(value: JsonValue, bounds: Bounds, read: Callable[[JsonValue], list[T]]) -> list[T]:
    """The value's items, one for each word, by sentence."""
    words: list[T] = []
    for row, (start, end) in zip(_rows(value, bounds), bounds, strict=True):
        items = read(row)
        if len(items) != end - start + 1:
            row.fail(f"has {len(items)} items for {end - start + 1} words", "give one for each")
        words += items
    return words


def _offsets(root: JsonValue, bounds: Bounds, tokens: list[str]) -> list[tuple[int, int]]:
    """The offsets given, or those found by looking the words up in the text."""
    if not root["offsets"].is_null:
        return _words(root["offsets"], bounds, JsonValue.pairs)
    if root["text"].is_null:
        return []
    found = align(tokens, root["text"].string())
    return (
        found
        if found is not None
        else root["text"].fail("has other characters than the words", "give offsets")
    )


def _located(value: JsonValue, bounds: Bounds, kind: str, types: tuple[type, ...]) -> Iterator[list[Any]]:
    """The value's rows of these types; the span that begins them lies in the sentence where they are
    listed."""
    for row, (start, end) in zip(_rows(value, bounds), bounds, strict=True):
        for item in row.items():
            content = item.row(kind, *types)
            if not start <= content[0] <= end:
                item.fail(
                    f"begins outside its sentence, words {start} to {end}", "count words of the document"
                )
            yield content


def _spans(value: JsonValue, bounds: Bounds) -> tuple[Span, ...] | None:
    if value.is_null:
        return None
    rows = _located(value, bounds, "[start, end, type]", (int, int, str))
    return tuple({Span(*row) for row in rows})


def _relations(value: JsonValue, bounds: Bounds, labels: Labels) -> tuple[Relation, ...] | None:
    if value.is_null:
        return None
    rows = _located(value, bounds, "[start, end, start, end, type]", (int, int, int, int, str))
    arguments = [((a, b), (c, d), label) for a, b, c, d, label in rows]
    return tuple(
        {
            Relation(*(Span(*pair, labels.get(pair, "")) for pair in (h, t)), label)
            for h, t, label in arguments
        }
    )
