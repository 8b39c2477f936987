from hypothesis import given
from hypothesis import strategies as st
from strategies import bounds_in, documents

from hmtl.documents import Document
from hmtl.formats.standoff import join_sentences, split_blocks, words_under
from hmtl.raw_text import TextSplitter

SPLIT = TextSplitter()


def test_no_word_and_no_sentence_goes_beyond_a_break() -> None:
    text = "Fog\n\n Ada ranaway.Bo sat "
    document = split_blocks(SPLIT, text, [0, 3, 13, 13, len(text)], "d", "f:1")
    assert document.tokens == ("Fog", "Ada", "ran", "away", ".", "Bo", "sat")
    assert [text[s:e] for s, e in document.offsets] == list(document.tokens)
    assert document.sentences == ((0, 0), (1, 2), (3, 4), (5, 6)) and document.text == text


@given(st.lists(st.sampled_from(["Ada", "Bo's", "U.S.", "sat.", "\n\n", " "]), min_size=1).map("".join))
def test_without_breaks_it_is_the_splitters_own(text: str) -> None:
    if text.strip():
        assert split_blocks(SPLIT, text, [], "d", "f:1") == SPLIT(text, "d", "f:1")


@given(documents((), laid_out=True), st.data())
def test_words_under_characters(document: Document, data: st.DataObject) -> None:
    places = st.integers(0, len(document.text))
    start, end = sorted(data.draw(st.tuples(places, places)))
    inside = [i for i, (s, e) in enumerate(document.offsets) if start <= s and e <= end]
    assert words_under(document, (start, end)) == ((inside[0], inside[-1]) if inside else None)


@given(documents(()), st.data())
def test_sentences_are_joined_where_a_span_goes_on_and_nowhere_else(
    document: Document, data: st.DataObject
) -> None:
    spans = data.draw(bounds_in(list(document.sentences), False))
    joined = join_sentences(document, spans)
    kept = {first for first, _ in joined.sentences}
    for first, _ in document.sentences:
        assert (first in kept) is not any(s < first <= e for s, e in spans)
    number = joined.sentence_of()
    assert all(number[s] == number[e] for s, e in spans)
