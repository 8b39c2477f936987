"""Words and sentences of a text that is laid out in blocks, and whose annotation counts characters."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, pairwise

from hmtl.documents import Document
from hmtl.raw_text import TextSplitter

Bounds = tuple[int, int]


def split_blocks(split: TextSplitter, text: str, breaks: list[int], id: str, source: str) -> Document:
    """The text as a Document: no word and no sentence goes on beyond one of the breaks, which are places in
    the text in order."""
    tokens: list[str] = []
    offsets: list[Bounds] = []
    sentences: list[Bounds] = []
    for begin, end in pairwise((0, *breaks, len(text))):
        if text[begin:end].strip():
            block = split(text[begin:end], id, source)
            sentences += [(first + len(tokens), last + len(tokens)) for first, last in block.sentences]
            offsets += [(first + begin, last + begin) for first, last in block.offsets]
            tokens += block.tokens
    return Document(id, tuple(tokens), tuple(sentences), text, tuple(offsets), source=source)


def words_under(document: Document, characters: Bounds) -> Bounds | None:
    """The first and the last of the words that lie in a half-open stretch of the text; None where there is
    none."""
    first = bisect_left(document.offsets, characters[0], key=lambda offsets: offsets[0])
    last = bisect_right(document.offsets, characters[1], key=lambda offsets: offsets[1]) - 1
    return (first, last) if first <= last else None


def join_sentences(document: Document, spans: Iterable[Bounds]) -> Document:
    """The document, with as few of its sentences joined as keep every span inside one."""
    starts = [first for first, _ in document.sentences]
    # how many spans begin before each sentence and go on in it
    changes = [0] * (len(starts) + 1)
    for first, last in spans:
        changes[bisect_right(starts, first)] += 1
        changes[bisect_right(starts, last)] -= 1
    kept = [start for start, crossing in zip(starts, accumulate(changes), strict=False) if not crossing]
    return document.replace(sentences=tuple((s, e - 1) for s, e in pairwise((*kept, len(document.tokens)))))
