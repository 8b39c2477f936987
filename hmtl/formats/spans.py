"""Texts and their spans in plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hmtl.documents import Document, Span
from hmtl.formats.characters import Characters, Mark
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import first_keys, json_objects
from hmtl.formats.names import Names
from hmtl.json_values import JsonValue

KEYS = ("spans", "entities")


@Format.register("spans")
class Spans(Characters):
    """Objects, a line each or in an array, with `text`, `spans` (or `entities`) `{"start", "end", "label"}`,
    characters with the end exclusive, and `id`, as annotation tools write them.

    The words are those that the text is split into; spans may nest and cross. A key that is missing or null
    is a layer that was not annotated; what is listed twice is read once. Other keys are not read. Written are
    the id, the text and the spans; words and sentences are found anew when they are read.

    # Parameters

    layer : what the spans are, `entities` or `mentions`.
    language, pipeline : how the text is split, see `Characters`.
    """

    layers = frozenset({"entities"})
    suffixes = (".jsonl", ".json")

    def __init__(
        self,
        layer: str = "entities",
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(layer, language, pipeline, max_megabytes)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        names = Names(file)
        for root in json_objects(file):
            values = _values(root)
            items = [] if values is None else values.items()
            marks = {
                Mark(item["start"].integer(), item["end"].integer(), f"{item.source}: '{item.key}'"): item
                for item in items
            }
            document, found = self.words(root["text"].string(), marks, names.of(root["id"]), root.source)
            if values is None:
                yield document
                continue
            spans = {Span(*found[mark], item["label"].string()) for mark, item in marks.items()}
            yield document.replace(**{self.layer: tuple(spans)})

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (json.dumps(self._json(document), ensure_ascii=False) for document in documents))

    def _json(self, document: Document) -> dict[str, Any]:
        spans, offsets = self.spans(document), document.offsets
        data: dict[str, Any] = {"id": document.id, "text": document.text}
        if getattr(document, self.layer) is not None:
            data["spans"] = [
                {"start": offsets[s][0], "end": offsets[e][1], "label": label} for s, e, label in spans
            ]
        return data

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        keys = first_keys(lines)
        return "text" in keys and bool(keys & set(KEYS)) and not keys & {"sentences", "offsets"}


def _values(root: JsonValue) -> JsonValue | None:
    """The spans under whichever key there is."""
    given = [key for key in KEYS if not root[key].is_null]
    if len(given) > 1 or "offsets" in root.names():
        root.fail(
            "has both spans and entities, or is a Document with offsets of words", "give one of the keys"
        )
    return root[given[0]] if given else None
