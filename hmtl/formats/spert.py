"""Sentences with entities and relations as SpERT reads them, in one JSON array."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hmtl.documents import Document, Relation, Span
from hmtl.formats.files import write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import array_lines, first_keys
from hmtl.formats.sentences import Sentences
from hmtl.json_values import JsonValue

NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


@Format.register("spert")
class Spert(Sentences):
    """Objects with `tokens`, `entities` `{"type", "start", "end"}` (end exclusive), `relations` `{"type",
    "head", "tail"}` (numbers of entities) and `orig_id`, in an array or a line each; each is one sentence.
    Source: Eberts and Ulges (2020), https://arxiv.org/abs/1909.07755.

    A key that is missing or null is a layer that was not annotated; what is listed twice is read once. The
    id is `orig_id`, or else the file's name and a number; where several sentences have one, `#2` and so on
    is put behind it, unless they are joined. Empty words, which FIRE has, are left out and counted in a
    warning. Other keys are not read; text, speakers and genre are not written. Of a document with several
    sentences each is written, with the document's id.

    # Parameters

    layer : what the entities are, `entities` or `mentions`.
    join : whether sentences in a row that have one `orig_id` are one document.

    # Raises

    `FormatError` where a value is not of this shape and where a relation names an entity that is not there.
    """

    layers = frozenset({"entities", "relations"})
    suffixes = (".json",)
    key = "orig_id"

    def sentence(self, root: JsonValue, name: str) -> Document:
        entities, relations, words = root["entities"], root["relations"], root["tokens"].strings()
        kept = [i for i, word in enumerate(words) if word]
        self.tally["empty words are left out"] += len(words) - len(kept)
        spans = [] if entities.is_null else [_span(item, kept, len(words)) for item in entities.items()]
        layers: dict[str, Any] = {self.layer: None if entities.is_null else tuple(set(spans))}
        if not relations.is_null:
            layers["relations"] = tuple({_relation(item, spans) for item in relations.items()})
        return Document(name, tuple(filter(None, words)), source=root.source, **layers)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        sentences = (sentence for document in documents for sentence in self.sentences(document))
        write_lines(path, array_lines(map(self._json, sentences)))

    def _json(self, document: Document) -> dict[str, Any]:
        """The object of one sentence."""
        spans = getattr(document, self.layer) or ()
        number = {span: i for i, span in enumerate(spans)}
        data: dict[str, Any] = {"tokens": document.tokens}
        if getattr(document, self.layer) is not None:
            data["entities"] = [{"type": s.label, "start": s.start, "end": s.end + 1} for s in spans]
        if document.relations is not None:
            data["relations"] = [
                {"type": r.label, "head": number[r.head], "tail": number[r.tail]} for r in document.relations
            ]
        return data | {"orig_id": int(document.id) if NUMBER.fullmatch(document.id) else document.id}

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        keys = first_keys(lines)
        return keys >= {"tokens", "entities", "relations"} and not keys & {"offsets", "sentences"}


def _span(item: JsonValue, kept: Sequence[int], length: int) -> Span:
    """An entity, counted in the words that are kept, of all words of that length."""
    start, end = item["start"].integer(), item["end"].integer()
    if not 0 <= start < end <= length:
        item.fail(f"is no part of the {length} words", "count them from 0, the end exclusive")
    first, last = bisect_left(kept, start), bisect_left(kept, end) - 1
    if first > last:
        item.fail("covers empty words only", "remove it")
    return Span(first, last, item["type"].string())


def _relation(item: JsonValue, spans: list[Span]) -> Relation:
    arguments = []
    for role in ("head", "tail"):
        number = item[role].integer()
        if not 0 <= number < len(spans):
            item[role].fail(f"is entity {number} of {len(spans)}", "count the entities from 0")
        arguments.append(spans[number])
    return Relation(*arguments, item["type"].string())
