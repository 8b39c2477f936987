"""Annotation that counts characters of a text, laid over the words that the text is split into."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from hmtl.documents import Document
from hmtl.formats.one_layer import OneLayer
from hmtl.formats.streams import FormatError
from hmtl.raw_text import TextSplitter

Bounds = tuple[int, int]


class Mark(NamedTuple):
    """Characters that an annotation covers, half-open, and the `file:line` or key that says so."""

    start: int
    end: int
    source: str


class Characters(OneLayer):
    """A format of texts whose annotation counts characters (code points).

    # Parameters

    layer : the layer that the typed spans are, `entities` or `mentions`.
    language, pipeline : how the text is split into words and sentences, see `TextSplitter`; default what the
        experiment says. Words are cut where an annotation begins or ends.
    """

    def __init__(
        self,
        layer: str,
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(layer, max_megabytes)
        self.language, self.pipeline = language, pipeline

    def words(
        self, text: str, marks: Iterable[Mark], id: str, source: str
    ) -> tuple[Document, dict[Mark, Bounds]]:
        """The text as a Document, and the words under each mark, white space at its ends left out.

        Raises `FormatError` for a mark that leaves the text or holds no word.
        """
        marks = list(marks)
        for mark in marks:
            if not 0 <= mark.start < mark.end <= len(text):
                fault = f"characters {mark.start} to {mark.end} are no part of the {len(text)} of the text"
                raise FormatError(f"{mark.source}: {fault}; count code points, the end exclusive")
        document = cut(
            splitter(self.language, self.pipeline)(text, id, source),
            (place for mark in marks for place in mark[:2]),
        )
        starts, ends = zip(*document.offsets, strict=True)
        found: dict[Mark, Bounds] = {}
        for mark in marks:
            first, last = bisect_right(ends, mark.start), bisect_left(starts, mark.end) - 1
            if first > last:
                fault = f"characters {mark.start} to {mark.end} hold no word"
                raise FormatError(f"{mark.source}: {fault}; correct or remove them")
            found[mark] = (first, last)
        return document, found


@lru_cache(maxsize=4)
def splitter(language: str | None, pipeline: str | None) -> TextSplitter:
    """The splitter, made once."""
    return TextSplitter(language, pipeline)


def cut(document: Document, places: Iterable[int]) -> Document:
    """The document, which has no annotation yet, with its words cut at these characters of its text."""
    wanted = sorted(set(places))
    pieces = [list(_pieces(document, number, wanted)) for number in range(len(document.tokens))]
    ends = list(accumulate(map(len, pieces)))
    offsets = tuple(piece for word in pieces for piece in word)
    return document.replace(
        tokens=tuple(document.text[start:end] for start, end in offsets),
        offsets=offsets,
        sentences=tuple((ends[s] - len(pieces[s]), ends[e] - 1) for s, e in document.sentences),
    )


def _pieces(document: Document, number: int, places: list[int]) -> Iterator[Bounds]:
    start, end = document.offsets[number]
    inside = places[bisect_right(places, start) : bisect_left(places, end)]
    for piece in pairwise((start, *inside, end)):
        if document.text[slice(*piece)].strip():
            yield piece
