import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.render.terminal import Cell, columns, is_reordered, paint, safe, wants_colour, wrap


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_nothing_that_steers_a_terminal_survives(text):
    shown = safe(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert {c for c in shown if unicodedata.category(c) == "Cf"} <= set("\u200c\u200d")
    shown.encode("utf-8")


def test_controls_become_visible():
    assert safe("a\x1b[31mb\x07\x9b\u202ec\n\td") == "a␛[31mb␇��c  d"


def test_columns_of_wide_and_combining_characters():
    assert [columns(text) for text in ("ab", "海岸", "e\u0301", "ｱ", "")] == [2, 4, 1, 1, 0]
    widths = {"مرحبًا": 5, "שָׁלוֹם": 4, "ｆｕｌｌ": 8, "𝒳": 1, "👍": 2, "a\u200db": 2}
    assert {text: columns(text) for text in widths} == widths


def test_a_block_of_korean_takes_two_columns_however_it_is_written():
    for syllable in "한국말":
        assert columns(syllable) == columns(unicodedata.normalize("NFD", syllable)) == 2


def test_text_that_a_terminal_may_reorder():
    assert [is_reordered(text) for text in ("مرحبًا", "a שלום b", "٣", "海岸 e\u0301 𝒳 12.")] == [
        True, True, True, False,
    ]  # fmt: skip


class TestWrap:
    @given(
        st.lists(st.tuples(st.text("ab海", min_size=1, max_size=9), st.booleans()), max_size=12),
        st.integers(2, 9),
    )
    def test_lines_fit_and_lose_nothing_but_spaces(self, words, width):
        cells = []
        for number, (word, spaced) in enumerate(words):
            cells += [Cell(" ", None)] * (spaced and number > 0) + [Cell(c, number) for c in word]
        lines = wrap(cells, width)
        assert all(0 < columns("".join(c.text for c in line)) <= width for line in lines)
        assert [c for line in lines for c in line if c.text != " "] == [c for c in cells if c.text != " "]

    def test_breaks_at_spaces_then_between_words_then_within_them(self):
        def lines(text, tokens, width):
            cells = [Cell(c, None if c == " " else t) for c, t in zip(text, tokens, strict=True)]
            return ["".join(c.text for c in line) for line in wrap(cells, width)]

        assert lines("to the sea", "00 111 222", 7) == ["to the", "sea"]
        assert lines("dont stop", "0011 2222", 9) == ["dont stop"]
        assert lines("dont", "0001", 3) == ["don", "t"]
        assert lines("harbour", "0000000", 3) == ["har", "bou", "r"]


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False), (True, {"NO_COLOR": ""}, True),
     (True, {"TERM": "dumb"}, False)],
)  # fmt: skip
def test_colour_is_for_terminals_whose_user_wants_it(monkeypatch, terminal, environment, coloured):
    stream = io.StringIO()
    stream.isatty = lambda: terminal
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(stream) is coloured


def test_paint_ends_what_it_begins():
    assert paint("x", 1, 36) == "\x1b[1;36mx\x1b[0m"
    assert paint("x") == "x"
