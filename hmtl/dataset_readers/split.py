"""A document cut into its sentences, each a document of its own."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from hmtl.documents import Document, Relation, Span


def split_sentences(document: Document) -> Iterator[Document]:
    """Each sentence as a document.

    Annotation goes with the sentence that holds it; see `crossing_annotations` for the
    rest. Coreference, which lives between sentences, is left out."""
    parts = {layer: _by_sentence(document, layer) for layer in ("entities", "mentions", "relations")}
    for number, (start, end) in enumerate(document.sentences):
        text_start, text_end = document.offsets[start][0], document.offsets[end][1]
        offsets = [(s - text_start, e - text_start) for s, e in document.offsets[start : end + 1]]
        yield Document(
            id=f"{document.id}:{number}" if len(document.sentences) > 1 else document.id,
            tokens=document.tokens[start : end + 1],
            text=document.text[text_start:text_end],
            offsets=tuple(offsets),
            speakers=document.speakers and document.speakers[start : end + 1],
            genre=document.genre,
            source=document.source,
            **{
                layer: None if items is None else [_shift(item, -start) for item in items.get(number, ())]
                for layer, items in parts.items()
            },
        )


def crossing_annotations(document: Document, layer: str) -> int:
    """How many items of a layer lie in no single sentence."""
    kept = _by_sentence(document, layer) or {}
    return len(getattr(document, layer) or ()) - sum(len(items) for items in kept.values())


def _by_sentence(document: Document, layer: str) -> dict[int, list[Any]] | None:
    items = getattr(document, layer)
    if items is None:
        return None
    starts = [start for start, _ in document.sentences]
    sentence: Callable[[int], int] = lambda token: bisect_right(starts, token) - 1  # noqa: E731
    found: dict[int, list[Any]] = {}
    for item in items:
        spans = (item.head, item.tail) if isinstance(item, Relation) else (item,)
        touched = {sentence(token) for span in spans for token in span.bounds}
        if len(touched) == 1:
            found.setdefault(touched.pop(), []).append(item)
    return found


def _shift(item: Any, by: int) -> Any:
    if isinstance(item, Relation):
        return Relation(_shift(item.head, by), _shift(item.tail, by), item.label)
    return Span(item.start + by, item.end + by, item.label)
