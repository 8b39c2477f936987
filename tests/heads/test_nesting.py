"""Spans that may nest but not cross."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Span
from hmtl.heads.nesting import overlap, with_rivals, without_crossings
from hmtl.heads.rows import RowSpan

LENGTH = 9
bounds = st.tuples(st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1)).map(sorted).map(tuple)


def cross(a, b):
    common = set(range(a[0], a[1] + 1)) & set(range(b[0], b[1] + 1))
    inside = (a[0] >= b[0] and a[1] <= b[1]) or (b[0] >= a[0] and b[1] <= a[1])
    return bool(common) and not inside


@given(spans=st.lists(bounds, unique=True))
def test_each_span_stays_unless_it_crosses_one_that_stayed_before(spans):
    expected = []
    for span in spans:
        if not any(cross(span, earlier) for earlier in expected):
            expected.append(span)
    labelled = [(*span, "X") for span in spans]
    assert without_crossings(labelled, LENGTH) == [(*span, "X") for span in expected]
    assert not any(cross(a, b) for a, b in itertools.combinations(expected, 2))


def test_the_better_of_two_that_cross_stays_and_nested_ones_do():
    spans = [(2, 5, "A"), (0, 3, "B"), (2, 3, "C"), (0, 8, "D"), (5, 6, "E"), (6, 7, "F")]
    assert without_crossings(spans, LENGTH) == [(2, 5, "A"), (2, 3, "C"), (0, 8, "D"), (6, 7, "F")]


@given(places=st.lists(st.tuples(st.integers(0, 1), bounds), unique=True), outermost=st.booleans())
def test_spans_with_a_rival_share_a_word_with_one_kept_before(places, outermost):
    spans = [RowSpan(row, *span, Span(*span, "X")) for row, span in places]
    words = {span: {(span.row, token) for token in range(span.start, span.end + 1)} for span in spans}
    kept, sizes = [], []
    for span, rival in with_rivals(spans, outermost):
        sizes.append(len(words[span]))
        rivals = [other for other in kept if words[span] & words[other]]
        assert rival in rivals if rivals else rival is None
        kept += [] if rivals else [span]
    assert sizes == sorted(map(len, words.values()), reverse=outermost)


@given(places=st.lists(st.tuples(st.integers(0, 2), bounds), max_size=6))
def test_spans_overlap_where_two_share_a_word(places):
    placed = [RowSpan(row, *span, Span(*span)) for row, span in places]
    words = [{(s.row, token) for token in range(s.start, s.end + 1)} for s in placed]
    assert overlap(placed) == any(a & b for a, b in itertools.combinations(words, 2))
