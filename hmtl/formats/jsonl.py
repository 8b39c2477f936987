"""All layers, one document a line: the JSON schema of DyGIE++."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hmtl.documents import Document
from hmtl.formats.arguments import argument_labels, untypeable_argument
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format, FormatError
from hmtl.formats.json_stream import first_keys
from hmtl.formats.jsonl_values import read_document
from hmtl.json_values import parse

logger = logging.getLogger(__name__)

T = TypeVar("T")
KNOWN = {"doc_key", "sentences", "ner", "mentions", "relations", "clusters"}
KNOWN |= {"text", "offsets", "genre", "speakers", "dataset"}


@Format.register("jsonl")
class Jsonl(Format):
    """A JSON object a line: `doc_key`, `sentences` (lists of words); for each sentence a list of `ner`
    `[start, end, type]` and one of `relations` `[start, end, start, end, type]`; for the document `clusters`
    `[[[start, end], …], …]`. Indices count the document's words, ends inclusive. Source: Wadden et al.
    (2019), https://aclanthology.org/D19-1585.

    Ours are the optional keys `mentions` (as `ner`), `text`, `offsets` (characters of each word by sentence,
    half-open), `genre`, and `speakers` (as `sentences`). A key that is missing or null is a layer that was
    not annotated; but without a `mentions` key `ner` gives both layers, for the `ner` of ACE and SciERC are
    mentions. An argument takes the type of the mention, or entity, with the same bounds. What is listed twice
    is read once, and clusters that share a span are united. `dataset` and `predicted_…` are ignored, other
    keys (`events`, `weight`) too but with a warning.

    # Raises

    `FormatError` where a value is not of this shape, a sentence has no words, or a span begins outside its
    sentence.
    """

    layers = frozenset({"entities", "mentions", "relations", "clusters"})
    suffixes = (".jsonl", ".json")

    def read_file(self, file: TextFile) -> Iterator[Document]:
        warned: set[str] = set()
        for number, line in file.lines:
            if line.strip():
                root = parse(line, file.at(number), FormatError)
                for key in root.names():
                    if key not in KNOWN | warned and not key.startswith(("predicted_", "_")):
                        logger.warning(
                            "%s: key %s is not read, here and below", file.at(number), json.dumps(key)
                        )
                        warned.add(key)
                yield read_document(root)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (json.dumps(self._json(document), ensure_ascii=False) for document in documents))

    def _json(self, document: Document) -> dict[str, Any]:
        if argument := untypeable_argument(document, argument_labels(document.mentions, document.entities)):
            self.cannot_hold(
                document, f"an argument {tuple(argument)} that is no mention of this type", "add the mention"
            )
        data: dict[str, Any] = {"doc_key": document.id}
        if document.genre is not None:
            data["genre"] = document.genre
        data["sentences"] = _by_sentence(document, document.tokens)
        plain = Document(document.id, document.tokens)
        if (document.text, document.offsets) != (plain.text, plain.offsets):
            data |= {"text": document.text, "offsets": _by_sentence(document, document.offsets)}
        if document.speakers is not None:
            data["speakers"] = _by_sentence(document, document.speakers)
        if document.entities is not None:
            data["ner"] = _listed(document, document.entities, lambda span: span)
        if document.mentions is not None or document.entities is not None:
            mentions = document.mentions
            data["mentions"] = None if mentions is None else _listed(document, mentions, lambda span: span)
        if document.relations is not None:
            data["relations"] = _listed(
                document, document.relations, lambda r: (*r.head.bounds, *r.tail.bounds, r.label)
            )
        if document.clusters is not None:
            data["clusters"] = document.clusters
        return data

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        keys = first_keys(lines)
        return "sentences" in keys and not keys & {"tokens", "conceptMentions"}


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
