"""Spans that may nest but not cross."""

from collections.abc import Iterable


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
