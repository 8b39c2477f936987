import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.formats.columns import blocks, cells, fits
from hmtl.formats.files import TextFile


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b  c ", ["a", "b", "c"]),
        ("a b\tc", ["a b", "c"]),
        ("a\t", ["a", ""]),
        ("a\u00a0b c", ["a\u00a0b", "c"]),
    ],
)
def test_tabs_part_columns_where_there_are_some(line: str, expected: list[str]) -> None:
    assert cells(line) == expected


@given(st.lists(st.text(st.sampled_from("ab \t\r\n\u00a0"), max_size=4), min_size=1, max_size=4))
def test_cells_that_fit_return_and_no_others(columns: list[str]) -> None:
    # the definition, one cell at a time
    plain = all(cell and cell == cell.strip(" ") and not set(cell) & set("\t\r\n") for cell in columns)
    assert fits(*columns) == plain
    if plain and len(columns) > 1:
        assert cells("\t".join(columns)) == columns


def test_blocks_are_runs_of_lines_that_are_not_blank() -> None:
    lines = ["", "a", "b", " \t", "", "\u00a0", "c", ""]
    found = list(blocks(TextFile("f", "f", enumerate(lines, start=1))))
    assert found == [[(2, "a"), (3, "b")], [(6, "\u00a0"), (7, "c")]]
