from itertools import pairwise

import pytest
from hypothesis import given
from strategies import marked_texts

from hmtl.documents import Document
from hmtl.formats import FormatError, Spans
from hmtl.formats.characters import Mark, cut

FORM = Spans()


def test_words_are_cut_where_annotation_begins_and_ends() -> None:
    text = "exSoviet  Union. It left"
    marks = [Mark(2, 15, "a"), Mark(8, 16, "b"), Mark(16, 24, "c")]
    document, found = FORM.words(text, marks, "d", "here")
    assert document.tokens == ("ex", "Soviet", "Union", ".", "It", "left")
    assert document.sentences == ((0, 3), (4, 5))
    assert [found[mark] for mark in marks] == [(1, 2), (2, 3), (4, 5)]


@given(marked=marked_texts())
def test_marks_are_the_words_under_them(marked: tuple[str, list[tuple[int, int]]]) -> None:
    text, places = marked
    marks = [Mark(start, end, "here") for start, end in places]
    document, found = FORM.words(text, marks, "d", "here")
    plain, _ = FORM.words(text, [], "d", "here")
    assert marks == list(found)
    for mark, (first, last) in found.items():
        start, end = document.offsets[first][0], document.offsets[last][1]
        assert text[mark.start : mark.end].strip() == text[start:end]
    # every character of a word stays in one, and old ends of words and sentences stay ends
    covered = [i for start, end in plain.offsets for i in range(start, end)]
    assert [i for start, end in document.offsets for i in range(start, end)] == covered
    for side in (0, 1):
        assert {pair[side] for pair in plain.offsets} <= {pair[side] for pair in document.offsets}
    assert [document.span_text(*s) for s in document.sentences] == [
        plain.span_text(*s) for s in plain.sentences
    ]


@pytest.mark.parametrize(
    ("start", "end", "cause"),
    [
        (0, 9, "characters 0 to 9 are no part of the 8 of the text; count code points"),
        (2, 2, "characters 2 to 2 are no part"),
        (-1, 2, "characters -1 to 2 are no part"),
        (3, 5, "characters 3 to 5 hold no word; correct or remove them"),
    ],
)
def test_marks_that_hold_nothing_are_named(start: int, end: int, cause: str) -> None:
    with pytest.raises(FormatError) as caught:
        FORM.words("Ada  met", [Mark(start, end, "f:3: 'spans[0]'")], "d", "f:3")
    assert str(caught.value).startswith(f"f:3: 'spans[0]': {cause}")


def test_cutting_keeps_sentences() -> None:
    document = Document("d", ("abc", "de"), ((0, 0), (1, 1)))
    assert cut(document, [1, 4, 5]).tokens == ("a", "bc", "d", "e")
    assert cut(document, [1, 4, 5]).sentences == ((0, 1), (2, 3))
    assert all(a[1] <= b[0] for a, b in pairwise(cut(document, range(6)).offsets))
    assert cut(document, []) == document
