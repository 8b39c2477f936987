import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.formats import FormatError
from hmtl.formats.files import TextFile
from hmtl.formats.sgml import Sgml, escape, plain, read_sgml

PIECES = [
    "a",
    "é",
    "\n",
    " ",
    "<P>",
    "</P>",
    '<Q N="x">',
    "&amp;",
    "&LT;",
    "&",
    "&;",
    "&mdash;",
    "amp;",
    "x > y",
]


def read(text: str, element: str = "BODY") -> Sgml:
    return read_sgml(TextFile("f.sgm", "f", list(enumerate(text.split("\n"), start=1))), element)


def test_the_text_of_one_element() -> None:
    sgml = read("<DOC>\n<ID>x&amp;</ID>\n<body>\n<P>A &amp; B</P><P>&#8212;C</P>\n</BODY></DOC>")
    assert (sgml.text, sgml.breaks) == ("\nA & B&#8212;C\n", [0, 1, 6, 14, 15])
    # without tags the body begins after two line breaks, the id of six characters and another line break
    assert [sgml.offset(count) for count in (7, 8, 9, 10, 11, 12, 14, 15, 16)] == [
        None,
        0,
        1,
        2,
        3,
        None,
        None,
        None,
        4,
    ]
    assert sgml.offset(8 + len("\nA &amp; B&#8212;C\n")) == len(sgml.text) and sgml.offset(28) is None


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_offsets_are_those_of_the_text_without_tags(pieces: list[str]) -> None:
    content = "".join(pieces)
    sgml = read(f"<DOC>12<BODY>{content}</BODY></DOC>")
    counted = "12" + re.sub("<[^<>]+>", "", content)
    for start in range(2, len(counted) + 1):
        for end in range(start, len(counted) + 1):
            first, last = sgml.offset(start), sgml.offset(end)
            if first is not None and last is not None:
                assert sgml.text[first:last] == plain(counted[start:end])
    assert [sgml.offset(n) for n in (0, 1, len(counted) + 1)] == [None] * 3
    assert sgml.breaks == sorted(set(sgml.breaks)) and {0, len(sgml.text)} <= set(sgml.breaks)


@given(st.text())
def test_what_is_escaped_is_read(text: str) -> None:
    assert read(f"<BODY>{escape(text)}</BODY>").text == text == plain(escape(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<TEXT></TEXT>", "f.sgm:1: has no text between <BODY> and </BODY>; "),
        ("<BODY>", "f.sgm:1: has no text between <BODY> and </BODY>; "),
        ("</BODY>x<BODY>", "f.sgm:1: has no text between <BODY> and </BODY>; "),
        ("<BODY>\n<BODY></BODY>", "f.sgm:2: has a second <BODY>; "),
        ("<BODY>\n</BODY></body >", "f.sgm:2: has a second </body>; "),
    ],
)
def test_slips_are_named(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert str(caught.value).startswith(message)
