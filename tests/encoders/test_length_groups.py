"""Rows of unlike lengths as rectangles."""

from itertools import combinations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hmtl.encoders.length_groups import GROUP_SHARE, ROW_SHARE, length_groups

lengths = st.lists(st.integers(0, 40), min_size=1, max_size=30).map(tuple)


@given(lengths)
def test_every_row_is_in_one_group_that_holds_it(lengths: tuple[int, ...]) -> None:
    groups, restore = length_groups(lengths)
    rows = torch.cat([group.rows for group in groups])
    assert rows[restore].tolist() == list(range(len(lengths)))
    for group in groups:
        own = [lengths[row] for row in group.rows]
        assert max(1, *own) == group.width
        assert group.padded == (min(own) < group.width)


@pytest.mark.parametrize(
    "lengths", [(3,), (1, 40), (5, 5, 5, 30), (10, 12, 14, 60, 61), (2, 9, 9, 17, 33, 34), (8,) * 50 + (9,)]
)
def test_no_other_cut_is_less_work(lengths: tuple[int, ...]) -> None:
    ordered = sorted(lengths)

    def work(widths_and_rows: list[tuple[int, int]]) -> int:
        return sum(width * (rows + ROW_SHARE) + GROUP_SHARE for width, rows in widths_and_rows)

    def cuts(count: int) -> list[list[tuple[int, int]]]:
        chosen = combinations(range(1, len(ordered)), count)
        return [list(zip((0, *cut), (*cut, len(ordered)), strict=True)) for cut in chosen]

    least = min(
        work([(ordered[last - 1], last - first) for first, last in cut])
        for count in range(min(4, len(ordered)))
        for cut in cuts(count)
    )
    assert work([(group.width, len(group.rows)) for group in length_groups(lengths).groups]) <= least


def test_groups_of_a_prediction_serve_training() -> None:
    length_groups.cache_clear()
    with torch.inference_mode():
        groups = length_groups((3, 5, 4))
    assert groups is length_groups((3, 5, 4))
    assert not groups.restore.is_inference()
    assert not any(group.rows.is_inference() for group in groups.groups)
