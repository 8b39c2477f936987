"""Documents as lines of CoNLL-U."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise

from hmtl.documents import Document, Span
from hmtl.formats.conllu_misc import gap_after, gap_before
from hmtl.formats.entity_brackets import Mention, write_brackets


def lines_of(document: Document) -> Iterator[str]:
    """The document's lines, each sentence's followed by an empty one. Nothing is checked: who writes them
    reads them first."""
    yield f"# newdoc id = {document.id}"
    fields = [
        name
        for name, layer in (("eid", document.clusters), ("etype", document.mentions))
        if layer is not None
    ]
    if fields:
        yield f"# global.Entity = {'-'.join(fields)}"
    if document.genre is not None:
        yield f"# meta::genre = {document.genre}"
    brackets = write_brackets(_mentions(document), len(document.tokens), fields)
    gaps = _gaps(document)
    for first, last in document.sentences:
        if document.speakers is not None:
            yield f"# speaker = {document.speakers[first]}"
        yield f"# text = {' '.join(document.span_text(first, last).split())}"
        for number, i in enumerate(range(first, last + 1), start=1):
            entity = f"Entity={brackets[i]}" if brackets[i] else ""
            misc = "|".join(filter(None, (entity, *gaps[i]))) or "_"
            yield "\t".join((str(number), document.tokens[i], *["_"] * 7, misc))
        yield ""


def _mentions(document: Document) -> Iterator[Mention]:
    """The mentions with the ids of their clusters, those in none with ids of their own; or what the clusters
    consist of."""
    numbers = count(1)
    ids: dict[tuple[int, int], str] = {}
    for cluster in document.clusters or ():
        ids |= dict.fromkeys(cluster, f"e{next(numbers)}")
    if document.mentions is None:
        yield from (Mention(entity, Span(*span)) for span, entity in ids.items())
        return
    for span in document.mentions:
        if document.clusters is not None and span.bounds not in ids:
            ids[span.bounds] = f"e{next(numbers)}"
        yield Mention(ids.get(span.bounds, ""), span)


def _gaps(document: Document) -> list[tuple[str, str]]:
    """For each word what MISC says of the white space after it and, at the first, before it."""
    text, offsets, ends = document.text, document.offsets, {last for _, last in document.sentences}
    found = [
        gap_after(text[end:start], "\n" if i in ends else " ")
        for i, ((_, end), (start, _)) in enumerate(pairwise(offsets))
    ]
    found.append(gap_after(text[offsets[-1][1] :], ""))
    return [(gap_before(text[: offsets[0][0]]) if i == 0 else "", gap) for i, gap in enumerate(found)]
