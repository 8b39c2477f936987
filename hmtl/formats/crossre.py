"""CrossRE: sentences of six domains with entities and relations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hmtl.documents import Document, Relation, Span
from hmtl.formats.arguments import Labels, argument_labels
from hmtl.formats.files import write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import first_keys
from hmtl.formats.sentences import Sentences
from hmtl.json_values import JsonValue

RELATION = "[start, end, start, end, type], alone or with explanation, uncertainty and syntax ambiguity"


@Format.register("crossre")
class Crossre(Sentences):
    """An object a line: `doc_key`, `sentence` (its words), `ner` `[start, end, type]` and `relations`
    `[start, end, start, end, type, explanation, uncertain, syntax ambiguous]`, ends inclusive; each is
    one sentence. Source: Bassignana and Plank (2022), https://arxiv.org/abs/2210.09345.

    A key that is missing or null is a layer that was not annotated; what is listed twice is read once. A
    pair may have several relations. An argument takes the type of the entity with its bounds. Explanations
    and the two marks are not read, and written as empty and false; text, speakers and genre are not written.
    Of a document with several sentences each is written, with the document's id; where several sentences have
    one id, `#2` and so on is put behind it in reading, unless they are joined.

    # Parameters

    layer : what the entities are, `entities` or `mentions`.
    join : whether sentences in a row that have one `doc_key` are one document.
    """

    layers = frozenset({"entities", "relations"})
    suffixes = (".json", ".jsonl")
    key = "doc_key"

    def sentence(self, root: JsonValue, name: str) -> Document:
        layers: dict[str, Any] = {}
        if not root["ner"].is_null:
            rows = (item.row("[start, end, type]", int, int, str) for item in root["ner"].items())
            layers[self.layer] = tuple({Span(*row) for row in rows})
        if not root["relations"].is_null:
            labels = argument_labels(layers.get(self.layer))
            layers["relations"] = tuple({_relation(item, labels) for item in root["relations"].items()})
        return Document(name, tuple(root["sentence"].strings()), source=root.source, **layers)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        sentences = (sentence for document in documents for sentence in self.sentences(document))
        write_lines(path, (json.dumps(self._json(sentence), ensure_ascii=False) for sentence in sentences))

    def _json(self, document: Document) -> dict[str, Any]:
        """The object of one sentence."""
        spans = getattr(document, self.layer) or ()
        if len({span.bounds for span in spans}) < len(spans) and document.relations:
            self.cannot_hold(document, "relations, and spans of two types", "keep one of the types")
        data: dict[str, Any] = {"doc_key": document.id, "sentence": document.tokens}
        if getattr(document, self.layer) is not None:
            data["ner"] = spans
        if document.relations is not None:
            data["relations"] = [
                [*r.head.bounds, *r.tail.bounds, r.label, "", False, False] for r in document.relations
            ]
        return data

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return first_keys(lines) >= {"sentence", "ner", "relations"}


def _relation(item: JsonValue, labels: Labels) -> Relation:
    fields = item.items()
    if len(fields) not in (5, 8):
        item.fail(f"has {len(fields)} values", f"give {RELATION}")
    a, b, c, d = (field.integer() for field in fields[:4])
    head, tail = (Span(*pair, labels.get(pair, "")) for pair in ((a, b), (c, d)))
    return Relation(head, tail, fields[4].string())
