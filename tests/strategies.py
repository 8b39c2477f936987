"""Hypothesis strategies for Documents, which the tests of formats and of JSON share."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hmtl.documents import LAYERS, Document, Relation, Span

# no surrogates, which UTF-8 cannot write
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
# what stands in a column: no white space, no control characters, no unassigned ones
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=6)
LABEL = st.sampled_from(["PER", "ORG", "GPE-x", "ART_O", "O", "B"])

Bounds = tuple[int, int]


def crosses(first: Bounds, second: Bounds) -> bool:
    """Whether two spans overlap without one holding the other."""
    (a, b), (c, d) = sorted((first, second), key=lambda span: (span[0], -span[1]))
    return a < c <= b < d


def overlaps(first: Bounds, second: Bounds) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


def keep(spans: list[Bounds], conflict: Any) -> list[Bounds]:
    """As many of the spans as do not conflict with an earlier one."""
    kept: list[Bounds] = []
    for span in spans:
        if not any(conflict(span, other) for other in kept):
            kept.append(span)
    return kept


@st.composite
def tilings(draw: st.DrawFn) -> list[Bounds]:
    """Sentences that tile a document."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    return [(end - length, end - 1) for length, end in zip(lengths, ends, strict=True)]


@st.composite
def bounds_in(draw: st.DrawFn, sentences: list[Bounds], within: bool) -> list[Bounds]:
    """Distinct spans, each within a sentence or anywhere."""
    places = sentences if within else [(0, sentences[-1][1])]
    span = st.sampled_from(places).flatmap(
        lambda place: st.tuples(st.integers(*place), st.integers(*place)).map(
            lambda pair: tuple(sorted(pair))
        )
    )
    return draw(st.lists(span, max_size=8, unique=True))


@st.composite
def documents(
    draw: st.DrawFn,
    layers: tuple[str, ...] = LAYERS,
    tokens: st.SearchStrategy[str] = ANY_TEXT,
    labels: st.SearchStrategy[str] = LABEL,
    ids: st.SearchStrategy[str] = CELL,
    within: bool = False,
    conflict: Any = lambda first, second: False,
    missing: bool = True,
    laid_out: bool = False,
) -> Document:
    """A document with some of the layers (all of them unless `missing`).

    `within` keeps spans inside sentences, `conflict` tells which two spans may not stand together in one
    layer or cluster, `laid_out` gives it a text and offsets of its own, speakers and a genre.
    """
    sentences = draw(tilings())
    length = sentences[-1][1] + 1
    words = tuple(draw(st.lists(tokens, min_size=length, max_size=length)))
    present = [layer for layer in layers if not missing or draw(st.booleans())]
    content: dict[str, Any] = {}
    for layer in ("entities", "mentions"):
        if layer in present:
            spans = keep(draw(bounds_in(sentences, within)), conflict)
            content[layer] = tuple(Span(*span, draw(labels)) for span in spans)
    if "clusters" in present:
        content["clusters"] = draw(clusters_of(draw(bounds_in(sentences, within)), conflict))
    if "relations" in present:
        content["relations"] = draw(relations_of(sentences, within, labels, content))
    if laid_out:
        content |= draw(layouts(words))
        content["speakers"] = draw(
            st.none() | st.lists(st.text(max_size=3), min_size=length, max_size=length)
        )
        content["genre"] = draw(st.none() | ANY_TEXT)
    return Document(draw(ids), words, tuple(sentences), **content)


@st.composite
def clusters_of(draw: st.DrawFn, spans: list[Bounds], conflict: Any) -> tuple[tuple[Bounds, ...], ...]:
    groups: dict[int, list[Bounds]] = {}
    for span in spans:
        groups.setdefault(draw(st.integers(0, 2)), []).append(span)
    return tuple(tuple(keep(group, conflict)) for group in groups.values())


@st.composite
def relations_of(
    draw: st.DrawFn,
    sentences: list[Bounds],
    within: bool,
    labels: st.SearchStrategy[str],
    content: dict[str, Any],
) -> tuple[Relation, ...]:
    """Relations of one sentence each if `within`; arguments have the type of the mention or entity there, if
    any."""
    types = {
        s.bounds: s.label for layer in ("entities", "mentions") for s in reversed(content.get(layer, ()))
    }
    found = set()
    for place in sentences if within else [(0, sentences[-1][1])]:
        pairs = draw(bounds_in([place], True))
        for head, tail in zip(pairs[::2], pairs[1::2], strict=False):
            if not crosses(head, tail):
                arguments = (Span(*span, types.get(span, "")) for span in (head, tail))
                found.add(Relation(*arguments, draw(labels)))
    return tuple(found)


@st.composite
def layouts(draw: st.DrawFn, words: tuple[str, ...]) -> dict[str, Any]:
    """A text that holds the words with other gaps between them than single spaces."""
    text, offsets = draw(st.sampled_from(["", "  "])), []
    for word in words:
        offsets.append((len(text), len(text) + len(word)))
        text += word + draw(st.sampled_from(["", " ", "\n", " \u2028"]))
    return {"text": text, "offsets": tuple(offsets)}


@st.composite
def entangled(
    draw: st.DrawFn,
    layer: str,
    others: tuple[str, ...] = ("relations", "clusters"),
    labels: st.SearchStrategy[str] = LABEL,
    **options: Any,
) -> Document:
    """A document whose relations and clusters, as far as `others` names them, are of the spans of its one
    layer; `options` are those of `documents`."""
    document = draw(documents((layer,), labels=labels, missing=False, **options))
    return document.replace(**draw(among(getattr(document, layer), others, labels)))


@st.composite
def among(
    draw: st.DrawFn, spans: tuple[Span, ...], others: tuple[str, ...], labels: st.SearchStrategy[str]
) -> dict[str, Any]:
    """Relations between the spans, and clusters of their bounds."""
    content: dict[str, Any] = {}
    if "relations" in others:
        pairs = st.lists(st.tuples(*[st.sampled_from(spans or [None])] * 2, labels), max_size=4, unique=True)
        content["relations"] = tuple(Relation(*row) for row in draw(pairs)) if spans else ()
    if "clusters" in others:
        bounds = sorted({span.bounds for span in spans if draw(st.booleans())})
        content["clusters"] = draw(clusters_of(bounds, lambda first, second: False))
    return content


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text with words, and stretches of its characters that each hold a part of one."""
    letters = st.sampled_from(list("aB.,'-1 \n\té\u00a0中\U0001f600")) | st.characters(
        exclude_categories=["Cs"]
    )
    text = draw(st.text(letters, min_size=1, max_size=40).filter(str.strip))
    place = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(place, place).map(sorted), max_size=6))
    return text, sorted({(start, end) for start, end in pairs if text[start:end].strip()})
