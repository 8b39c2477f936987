from hypothesis import given
from hypothesis import strategies as st

from hmtl.render.terminal import Cell
from hmtl.render.tracks import Brush, Mark, tracks

BRUSH = Brush("(", "-", ")", "|")


def line_of(text):
    words = text.split()
    cells = []
    for number, word in enumerate(words):
        cells += [Cell(" ", None)] * (number > 0) + [Cell(c, number) for c in word]
    return cells


def drawn(text, *marks, width=40):
    return tracks(line_of(text), [Mark(*mark) for mark in marks], BRUSH, width)


def test_label_stands_inside_where_it_fits():
    assert drawn("the harbour master", (0, 2, "PER")) == ["(----- PER ------)"]
    assert drawn("Lisk", (0, 0, "GP")) == ["(GP)"]


def test_label_stands_beside_a_narrow_bracket():
    assert drawn("her boat sank", (0, 0, "PER 1")) == ["(-)PER 1"]
    assert drawn("I sank", (0, 0, "PER")) == ["|PER"]
    assert drawn("the boat sank her", (3, 3, "PER"), width=17) == [" " * 11 + "PER(-)"]


def test_inner_brackets_stand_above_outer_ones():
    assert drawn("the master of Quillmouth", (0, 3, "PER"), (3, 3, "GPE")) == [
        "              (- GPE --)",
        "(-------- PER ---------)",
    ]


def test_neighbours_share_a_row():
    assert drawn("Maria Keller left Quillmouth", (0, 1, "PER"), (3, 3, "GPE")) == [
        "(-- PER ---)      (- GPE --)"
    ]


def test_a_mark_that_goes_on_in_another_line_is_open_there():
    assert tracks(
        [Cell("a", 3), Cell("b", 4), Cell("c", 5)], [Mark(2, 4, ""), Mark(5, 9, "")], BRUSH, 40
    ) == ["  (", "-)"]
    assert drawn("none here", (7, 8, "PER")) == []


def test_wide_characters_push_brackets_right():
    assert drawn("海岸 quay", (0, 0, "LO"), (1, 1, "FA")) == ["(LO) (FA)"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_no_bracket_covers_another(spans):
    marks = {(min(span), max(span)): Mark(min(span), max(span), "") for span in spans}
    rows = tracks(line_of("ab cd ef gh ij kl mn op"), marks.values(), BRUSH, 40)
    found = [
        (start // 3, end // 3)
        for row in rows
        for start, end in zip(
            (i for i, c in enumerate(row) if c == "("),
            (i for i, c in enumerate(row) if c == ")"),
            strict=True,
        )
    ]
    assert sorted(found) == sorted(marks)
