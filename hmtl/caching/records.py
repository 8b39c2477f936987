"""Documents as short lines of JSON that give them back as they were, `source` included."""

from __future__ import annotations

import json
from typing import Any

from hmtl.documents import LAYERS, Document


def pack(document: Document) -> bytes:
    """One line, without its end. What a Document fills in by itself is left out: a text of words parted by
    single spaces, a single sentence, layers that were not annotated."""
    data: dict[str, Any] = {"id": document.id, "tokens": document.tokens, "source": document.source}
    plain = Document(document.id, document.tokens)
    if (document.text, document.offsets) != (plain.text, plain.offsets):
        data |= {"text": document.text, "offsets": document.offsets}
    if document.sentences != plain.sentences:
        data["sentences"] = document.sentences
    for name in (*LAYERS, "speakers", "genre"):
        if (value := getattr(document, name)) is not None:
            data[name] = value
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def unpack(line: bytes) -> Document:
    """The document that `pack` wrote. Raises `ValueError`, `TypeError` or `DocumentError` for anything
    else."""
    return Document(**json.loads(line.decode("utf-8", "surrogatepass")))
