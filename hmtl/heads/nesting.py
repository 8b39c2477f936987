"""Spans that may nest but not cross, and spans that may not even nest."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from hmtl.heads.rows import RowSpan


def overlap(spans: Collection[RowSpan]) -> bool:
    """Whether two of the spans share a word."""
    if len(spans) < 2:
        return False
    ordered = sorted((placed.row, placed.start, placed.end) for placed in spans)
    return any(row == other and start <= end for (row, _, end), (other, start, _) in pairwise(ordered))


def with_rivals(spans: Iterable[RowSpan], outermost: bool) -> Iterator[tuple[RowSpan, RowSpan | None]]:
    """Goes through spans, the widest first if `outermost` and otherwise the narrowest, and keeps each that
    shares no word with one kept before; gives each with the one kept that it shares a word with, or None."""
    taken: dict[tuple[int, int], RowSpan] = {}
    for placed in sorted(spans, key=lambda s: s.start - s.end if outermost else s.end - s.start):
        words = [(placed.row, token) for token in range(placed.start, placed.end + 1)]
        rival = next((taken[word] for word in words if word in taken), None)
        if rival is None:
            taken.update(dict.fromkeys(words, placed))
        yield placed, rival


def without_crossings(spans: Iterable[tuple[int, int, str]], length: int) -> list[tuple[int, int, str]]:
    """Goes through spans `(start, end, label)` of a text of `length` words, the best first, and keeps each
    that crosses none kept before. Two spans cross if they overlap and neither lies within the other."""
    kept = []
    # of the spans kept: the last end of those that start at a word, the first start of those that end at it
    last_end, first_start = [-1] * length, [length] * length
    for start, end, label in spans:
        leaves = max(last_end[start + 1 : end + 1], default=-1) > end
        enters = min(first_start[start:end], default=length) < start
        if not (leaves or enters):
            kept.append((start, end, label))
            last_end[start] = max(last_end[start], end)
            first_start[end] = min(first_start[end], start)
    return kept
