import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.formats.align import align, lay_out

WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=5)
GAP = st.text("  \n\u00a0", max_size=3)


@given(st.lists(st.tuples(GAP, WORD)), GAP)
def test_words_are_found_where_they_were_put(pieces: list[tuple[str, str]], end: str) -> None:
    text = "".join(gap + word for gap, word in pieces) + end
    offsets = align([word for _, word in pieces], text)
    assert offsets is not None
    assert [text[start:stop] for start, stop in offsets] == [word for _, word in pieces]


@pytest.mark.parametrize("text", ["it is", "it's so", "its", "", "it s x"])
def test_another_text_is_refused(text: str) -> None:
    assert align(["it", "'s"], text) is None


def test_sentences_are_laid_out_one_after_another() -> None:
    sentences = [(["It", "'s", "me"], "It's  me"), (["Yes", "!"], "No!"), (["Oh", "."], None)]
    text, offsets = lay_out(sentences)
    assert text == "It's  me\nYes !\nOh ."
    words = [word for tokens, _ in sentences for word in tokens]
    assert [text[start:end] for start, end in offsets] == words
