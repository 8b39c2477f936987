"""Nested spans as layers of flat tags: each span lies in one layer, spans of one layer do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hmtl.documents import Span
from hmtl.formats.tags import TagError, decode, encode, is_tag


def decode_layers(layers: Iterable[Sequence[str]]) -> list[Span]:
    """Spans of all layers of one sentence's BIO tags.

    Raises `TagError` at a string that is no tag, a tag that BIO forbids there, and where layers cross or
    repeat a span.
    """
    spans: list[Span] = []
    for number, tags in enumerate(layers, start=1):
        for i, tag in enumerate(tags):
            if not is_tag(tag):
                raise TagError(i, f"'{tag}' in layer {number} is not a tag")
        for span in decode(tags, "BIO"):
            if conflict := next((other for other in spans if conflicts(span, other)), None):
                both = f"{tuple(span)} in layer {number} crosses or repeats {tuple(conflict)}"
                raise TagError(span.start, both)
            spans.append(span)
    return spans


def encode_layers(spans: Iterable[Span], length: int, fewest: int) -> list[list[str]]:
    """BIO tags in at least `fewest` layers and no more than nesting needs, inner spans first.

    Raises `TagError` where spans cross or repeat.
    """
    layers: list[list[Span]] = [[] for _ in range(fewest)]
    for span in sorted(spans, key=lambda span: (span.end - span.start, span)):
        if any(conflicts(span, other) for layer in layers for other in layer):
            raise TagError(span.start, "spans cross")
        free = next((layer for layer in layers if not any(overlap(span, other) for other in layer)), None)
        if free is None:
            layers.append(free := [])
        free.append(span)
    return [encode(layer, length) for layer in layers]


def overlap(span: Span, other: Span) -> bool:
    """Whether two spans share a token."""
    return span.start <= other.end and other.start <= span.end


def conflicts(span: Span, other: Span) -> bool:
    """Whether two spans cross, or are the same with the same label."""
    is_inside = span.start <= other.start and other.end <= span.end
    is_outside = other.start <= span.start and span.end <= other.end
    return span == other or (overlap(span, other) and not is_inside and not is_outside)
