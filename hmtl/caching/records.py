"""Documents as short lines of JSON that give them back as they were, `source` included."""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from typing import Any

from hmtl.documents import LAYERS, Document


def pack(document: Document) -> bytes:
    """One line, without its end. What a Document fills in by itself is left out: a text of words parted by
    single spaces, a single sentence, layers that were not annotated."""
    data: dict[str, Any] = {"id": document.id, "tokens": document.tokens, "source": document.source}
    if not _is_spaced(document):
        data |= {"text": document.text, "offsets": document.offsets}
    if len(document.sentences) > 1:
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


def _is_spaced(document: Document) -> bool:
    """Whether the text is the words, parted by single spaces."""
    # not a plain Document to compare with: to check one takes as long as all the rest
    if document.text != " ".join(document.tokens):
        return False
    starts = list(accumulate((len(token) + 1 for token in document.tokens), initial=0))
    return document.offsets == tuple((start, after - 1) for start, after in pairwise(starts))
