"""Bracket columns of CoNLL-2012 and its relatives: `(PER*`, `*)`, `(GPE)` for typed spans, `(3|4)` for
coreference."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from hmtl.documents import Cluster, Span
from hmtl.formats.columns import FILLERS

logger = logging.getLogger(__name__)

Bounds = tuple[int, int]
Fail = Callable[[int, str, str], None]
"""Called with the index of the culprit, the cause and the mend; raises."""


def read_spans(column: Sequence[str], fail: Fail) -> list[Span]:
    """Typed, properly nested spans of one sentence's cells; a closing bracket closes the innermost open
    span."""
    spans: list[Span] = []
    stack: list[tuple[int, str]] = []
    for i, cell in enumerate(column):
        if cell == "*":
            continue
        labels, closing = _parse(cell, i, fail)
        stack += [(i, label) for label in labels]
        if closing > len(stack):
            fail(i, f"'{cell}' closes a bracket that was not opened", "open it in the same sentence")
        for _ in range(closing):
            start, label = stack.pop()
            spans.append(Span(start, i, label))
    if stack:
        fail(stack[-1][0], f"'({stack[-1][1]}' is not closed", "close it in the same sentence")
    return spans


def _parse(cell: str, i: int, fail: Fail) -> tuple[list[str], int]:
    """The labels that a cell opens and the number of brackets that it closes."""
    opened = cell.rstrip(")")
    closing = len(cell) - len(opened)
    before, *labels = opened.removesuffix("*").split("(")
    if before or not all(labels) or "*" in "".join(labels) or ")" in opened or not (labels or "*" in opened):
        fail(i, f"'{cell}' is not a bracket cell", "write (TYPE*, *, *) or (TYPE*)")
    return labels, closing


def write_spans(spans: Iterable[Span], length: int) -> list[str] | None:
    """The cells that `read_spans` reads these spans from; None where there are none (they cross, or a label
    does not fit)."""
    wanted = sorted(spans, key=lambda span: (span.start, -span.end))
    opening, closing = [""] * length, [""] * length
    for start, end, label in wanted:
        opening[start] += f"({label}"
        closing[end] += ")"
    column = [f"{left}*{right}" for left, right in zip(opening, closing, strict=True)]
    return column if _reads_as(wanted, lambda fail: read_spans(column, fail)) else None


def read_clusters(column: Sequence[str], fail: Fail, place: str) -> list[Cluster]:
    """Clusters of one document's cells; each is sorted, and those that share a span are one cluster.

    A closing bracket closes the latest open span of its cluster. Spans may cross sentences.
    """
    clusters: dict[str, list[Bounds]] = {}
    open_starts: dict[str, list[int]] = {}
    for i, cell in enumerate(column):
        if cell in FILLERS:
            continue
        for part in cell.split("|"):
            name = part.removeprefix("(").removesuffix(")")
            if not name or name == part or set(name) & set("()"):
                fail(i, f"'{cell}' is not a coreference cell", "write (3, 3) or (3), joined by |")
            starts = open_starts.setdefault(name, [])
            if part[0] == "(":
                starts.append(i)
            if part[-1] == ")":
                if not starts:
                    fail(i, f"'{part}' closes a span that was not opened", f"open it with ({name}")
                clusters.setdefault(name, []).append((starts.pop(), i))
    for name, starts in open_starts.items():
        for i in starts:
            fail(i, f"'({name}' is not closed", f"close it with {name})")
    return merge(clusters.values(), place)


def merge(clusters: Iterable[Iterable[Bounds]], place: str) -> list[Cluster]:
    """Clusters with no span twice: those that share one are united, since coreference is an equivalence. A
    warning that begins with `place` says where this was needed."""
    merged: dict[Bounds, set[Bounds]] = {}
    shared: set[Bounds] = set()
    for cluster in clusters:
        united = set(cluster)
        if not merged.keys().isdisjoint(united):
            for span in united & merged.keys():
                shared.add(span)
                united |= merged[span]
        merged.update(dict.fromkeys(united, united))
    if shared:
        logger.warning("%s: %s in two clusters, which are united", place, sorted(shared))
    distinct = {id(cluster): cluster for cluster in merged.values()}
    return [tuple(sorted(cluster)) for cluster in distinct.values()]


def write_clusters(clusters: Sequence[Cluster], length: int) -> list[str] | None:
    """The cells that `read_clusters` reads these from; None where there are none (spans of one cluster
    cross), or the official scorer would pair their brackets otherwise: of a cell it takes all beginnings
    before any end, so that a span which ends where another of its cluster begins would be lost."""
    if any(_meet(cluster) for cluster in clusters):
        return None
    parts: list[list[str]] = [[] for _ in range(length)]
    for form, spans in _cells_of(clusters):
        for name, bounds in spans:
            parts[bounds].append(form.format(name))
    column = ["|".join(cell) or "-" for cell in parts]
    return column if _reads_as(sorted(clusters), lambda fail: read_clusters(column, fail, "output")) else None


def _meet(cluster: Cluster) -> bool:
    ends = {end for start, end in cluster if start < end}
    return any(start in ends for start, end in cluster if start < end)


def _cells_of(clusters: Sequence[Cluster]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Closing brackets come first in a cell, lest they close a span of their cluster that opens there."""
    named = [(name, span) for name, cluster in enumerate(clusters) for span in cluster]
    yield "{})", [(name, end) for name, (start, end) in named if start < end]
    yield "({})", [(name, end) for name, (start, end) in named if start == end]
    yield "({}", [(name, start) for name, (start, end) in named if start < end]


def _reads_as(wanted: Sequence[object], read: Callable[[Fail], Sequence[object]]) -> bool:
    def refuse(index: int, cause: str, mend: str) -> None:
        raise ValueError(cause)

    try:
        return sorted(read(refuse)) == sorted(wanted)  # type: ignore[type-var]
    except ValueError:
        return False
