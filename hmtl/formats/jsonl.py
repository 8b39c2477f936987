"""All layers, one document a line: the JSON schema of DyGIE++."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hmtl.documents import Document, Relation, Span
from hmtl.formats.align import align
from hmtl.formats.arguments import Labels, argument_labels, untypeable_argument
from hmtl.formats.brackets import merge
from hmtl.formats.files import FormatError, TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.json_values import JsonValue, parse

logger = logging.getLogger(__name__)

T = TypeVar("T")
Bounds = Sequence[tuple[int, int]]
KNOWN = frozenset("doc_key sentences ner mentions relations clusters text offsets genre speakers dataset".split())


@Format.register("jsonl")
class Jsonl(Format):
    """A JSON object a line: `doc_key`, `sentences` (lists of words); for each sentence a list of `ner` `[start, end, type]`
    and one of `relations` `[start, end, start, end, type]`; for the document `clusters` `[[[start, end], …], …]`. Indices
    count the document's words, ends inclusive. Source: Wadden et al. (2019), https://aclanthology.org/D19-1585.

    Ours are the optional keys `mentions` (as `ner`), `text`, `offsets` (characters of each word by sentence, half-open),
    `genre`, and `speakers` (as `sentences`). A key that is missing or null is a layer that was not annotated; but without a
    `mentions` key `ner` gives both layers, for the `ner` of ACE and SciERC are mentions. An argument takes the type of the mention, or
    entity, with the same bounds. What is listed twice is read once, and clusters that share a span are united. `dataset` and
    `predicted_…` are ignored, other keys (`events`, `weight`) too but with a warning.

    # Raises

    `FormatError` where a value is not of this shape, a sentence has no words, or a span begins outside its sentence.
    """

    layers = frozenset({"entities", "mentions", "relations", "clusters"})
    suffixes = (".jsonl", ".json")

    def read_file(self, file: TextFile) -> Iterator[Document]:
        warned: set[str] = set()
        for number, line in file.lines:
            if line.strip():
                root = parse(line, file.at(number), FormatError)
                for key in root.keys():
                    if key not in KNOWN | warned and not key.startswith(("predicted_", "_")):
                        logger.warning("%s: key %s is not read, here and below", file.at(number), json.dumps(key))
                        warned.add(key)
                yield _document(root)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (json.dumps(self._json(document), ensure_ascii=False) for document in documents))

    def _json(self, document: Document) -> dict[str, Any]:
        if argument := untypeable_argument(document, argument_labels(document.mentions, document.entities)):
            self.cannot_hold(document, f"an argument {tuple(argument)} that is no mention of this type", "add the mention")
        data: dict[str, Any] = {"doc_key": document.id}
        if document.genre is not None:
            data["genre"] = document.genre
        data["sentences"] = _by_sentence(document, document.tokens)
        if document.text != " ".join(document.tokens):
            data |= {"text": document.text, "offsets": _by_sentence(document, document.offsets)}
        if document.speakers is not None:
            data["speakers"] = _by_sentence(document, document.speakers)
        if document.entities is not None:
            data["ner"] = _listed(document, document.entities, lambda span: span)
        if document.mentions is not None or document.entities is not None:
            mentions = document.mentions
            data["mentions"] = None if mentions is None else _listed(document, mentions, lambda span: span)
        if document.relations is not None:
            data["relations"] = _listed(document, document.relations, lambda r: (*r.head.bounds, *r.tail.bounds, r.label))
        if document.clusters is not None:
            data["clusters"] = document.clusters
        return data

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return bool(lines) and lines[0].lstrip().startswith("{") and '"sentences"' in lines[0]


def _document(root: JsonValue) -> Document:
    sentences = [sentence.strings() for sentence in root["sentences"].items()]
    bounds: list[tuple[int, int]] = []
    start = 0
    for number, words in enumerate(sentences):
        if not words:
            root["sentences"].fail(f"has no words in sentence {number}", "remove it here and in the other keys")
        bounds.append((start, start + len(words) - 1))
        start += len(words)
    tokens = [word for words in sentences for word in words]
    entities = _spans(root["ner"], bounds)
    mentions = _spans(root["mentions"], bounds) if "mentions" in root.keys() else entities
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
        clusters=None if clusters.is_null else tuple(merge(cluster.pairs() for cluster in clusters.items())),
        speakers=None if root["speakers"].is_null else tuple(_words(root["speakers"], bounds, JsonValue.strings)),
        genre=None if root["genre"].is_null else root["genre"].string(),
        source=root.source,
    )


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
    return found if found is not None else root["text"].fail("has other characters than the words", "give offsets")


def _located(value: JsonValue, bounds: Bounds, kind: str, types: tuple[type, ...]) -> Iterator[list[Any]]:
    """The value's rows of these types; the span that begins them lies in the sentence where they are listed."""
    for row, (start, end) in zip(_rows(value, bounds), bounds, strict=True):
        for item in row.items():
            content = item.row(kind, *types)
            if not start <= content[0] <= end:
                item.fail(f"begins outside its sentence, words {start} to {end}", "count words of the document")
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
    return tuple({Relation(*(Span(*pair, labels.get(pair, "")) for pair in (h, t)), label) for h, t, label in arguments})


def _by_sentence(document: Document, items: Sequence[T]) -> list[list[T]]:
    return [list(items[start : end + 1]) for start, end in document.sentences]


def _listed(document: Document, items: Iterable[T], row: Callable[[T], Any]) -> list[list[Any]]:
    """A row for each item, in the list of the sentence where it begins."""
    number = document.sentence_of()
    rows: list[list[Any]] = [[] for _ in document.sentences]
    for item in items:
        content = row(item)
        rows[number[content[0]]].append(content)
    return rows
