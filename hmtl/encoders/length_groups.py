"""Rows of unlike lengths as a few groups that hold little padding."""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import LongTensor

ROW_SHARE = 2
"""What a step costs beside its rows, in rows: the part of the work that does not grow with them."""
GROUP_SHARE = 60
"""What a group costs beside its steps, in rows of one step."""

GROUP_WORDS = 2**13
"""Words of a group, padding included, unless one row has more: what is computed for them at once stays
small, however many rows a batch has."""


class Group(NamedTuple):
    """Some rows, in a rectangle as wide as the longest of them.

    rows : which, `(group,)`. width : words of the longest, at least 1. padded : whether others are shorter.
    """

    rows: LongTensor
    width: int
    padded: bool


class Groups(NamedTuple):
    """All rows of a batch; where they make one group, in their own order.

    restore : `(rows,)`, where each row stands in the groups laid end to end.
    """

    groups: tuple[Group, ...]
    restore: LongTensor


# Every level of a network asks for the groups of the same batch.
@lru_cache(maxsize=8)
# What a prediction asks for first may be asked for again in training.
@torch.inference_mode(False)
def length_groups(lengths: tuple[int, ...]) -> Groups:
    """Groups of rows of these lengths that take about the least work."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    cuts = _cuts([lengths[row] for row in order])
    if len(cuts) == 1:
        # all rows as they are
        order = list(range(len(lengths)))
    groups = tuple(_group(order[first:last], lengths) for first, last in cuts)
    restore = torch.empty(len(order), dtype=torch.long)
    restore[torch.tensor(order)] = torch.arange(len(order))
    return Groups(groups, restore)


def _group(rows: list[int], lengths: tuple[int, ...]) -> Group:
    own = [lengths[row] for row in rows]
    width = max(1, *own)
    return Group(torch.tensor(rows), width, min(own) < width)


def _cuts(ordered: list[int]) -> list[tuple[int, int]]:
    """Where to cut rows in order of length: `(first, last + 1)` of each group.

    Dynamic programming over the distinct lengths; the work of a group is its width times its rows and
    `ROW_SHARE`, and `GROUP_SHARE`.
    """
    # ends of the runs of equal lengths
    ends = [n for n in range(1, len(ordered) + 1) if n == len(ordered) or ordered[n] != ordered[n - 1]]
    best, cut = [0.0], [0]
    for number, end in enumerate(ends):
        width = ordered[end - 1]
        work, start = min(
            (best[k] + width * (end - (ends[k - 1] if k else 0) + ROW_SHARE) + GROUP_SHARE, k)
            for k in range(number + 1)
        )
        best.append(work)
        cut.append(start)
    cuts, number = [], len(ends)
    while number:
        start, last = cut[number], ends[number - 1]
        begin, size = ends[start - 1] if start else 0, max(1, GROUP_WORDS // max(1, ordered[last - 1]))
        cuts += [(first, min(first + size, last)) for first in range(begin, last, size)]
        number = start
    return sorted(cuts)
