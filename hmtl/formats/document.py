"""Documents as `allennlp predict` answers them, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from hmtl.document_json import from_json, to_json
from hmtl.documents import LAYERS, Document
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import first_keys, json_objects


@Format.register("document")
class DocumentLines(Format):
    """The JSON of `hmtl.document_json`, a line each: all that a Document holds, and nothing is lost."""

    layers = frozenset(LAYERS)
    suffixes = (".jsonl", ".json")

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for root in json_objects(file):
            yield from_json(root.value, root.source)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (json.dumps(to_json(document), ensure_ascii=False) for document in documents))

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return first_keys(lines) >= {"id", "tokens", "offsets"}
