import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.dataset_readers.split import split_sentences
from hmtl.documents import Document, Relation, Span
from hmtl.render import render
from hmtl.render.terminal import columns

KELLER = Document(
    id="keller",
    tokens=("Maria", "Keller", "left", "her", "boat", ".", "She", "swam", "to", "Lisk", "."),
    sentences=((0, 5), (6, 10)),
    entities=(Span(0, 1, "PERSON"), Span(9, 9, "GPE")),
    mentions=(Span(0, 1, "PER"), Span(3, 3, "PER"), Span(3, 4, "VEH"), Span(6, 6, "PER"), Span(9, 9, "GPE")),
    relations=(
        Relation(Span(3, 3, "PER"), Span(3, 4, "VEH"), "ART"),
        Relation(Span(6, 6, "PER"), Span(9, 9, "GPE"), "PHYS"),
    ),
    clusters=(((0, 1), (3, 3), (6, 6)), ((3, 4),), ((9, 9),)),
)
PLAIN = """\
1          Maria Keller left her boat .
names      └─ PERSON ─┘
mentions   ╰─ PER 1 ──╯      ╰─╯PER 1
                             ╰ VEH ─╯
relations  her 1 —ART→ her boat

2          She swam to Lisk .
names                  └──┘GPE
mentions   ╰─╯PER 1    ╰──╯GPE
relations  She 1 —PHYS→ Lisk

same 1     Maria Keller · her · She
once       her boat · Lisk
"""


def test_picture_of_a_document():
    assert render(KELLER) == PLAIN


def test_colour_changes_nothing_but_colour():
    coloured = render(KELLER, colour=True)
    assert coloured != PLAIN
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == PLAIN


def test_mentions_of_one_cluster_have_one_colour():
    painted = re.findall(r"\x1b\[([\d;]+)m([^\x1b]*)\x1b", render(KELLER, colour=True))
    assert {codes for codes, text in painted if "PER" in text or text in ("Maria", "her", "She")} == {"36"}


def test_plain_is_ascii():
    assert render(KELLER, plain=True).isascii()


def test_layers_that_are_not_annotated_are_left_out():
    assert (
        render(KELLER.bare()) == "1          Maria Keller left her boat .\n\n2          She swam to Lisk .\n"
    )


def test_a_place_of_a_cluster_that_is_no_mention_bears_its_number():
    document = KELLER.replace(mentions=(), relations=None, clusters=(((4, 4), (0, 0)),))
    assert render(document).splitlines()[2] == "mentions   ╰ 1 ╯                 ╰1─╯"


def test_each_sentence_has_what_it_has_alone():
    whole = KELLER.replace(clusters=None)
    alone = [render(sentence)[1:] for sentence in split_sentences(whole)]
    shown = [block[1:] + "\n" for block in render(whole).rstrip("\n").split("\n\n")]
    assert len(shown) == 2 and shown == alone


def test_a_mark_across_sentences_is_open_where_it_goes_on():
    document = KELLER.replace(entities=None, relations=None, clusters=None, mentions=[Span(4, 7, "EVT")])
    assert render(document) == (
        "1          Maria Keller left her boat .\n"
        "mentions                         ╰EVT──\n\n"
        "2          She swam to Lisk .\n"
        "mentions   ─ EVT ─╯\n"
    )


def test_long_sentences_are_broken_and_nothing_is_cut():
    words = tuple(f"word{n}" for n in range(60))
    document = Document(id="long", tokens=words, mentions=(Span(3, 50, "LOC"),))
    for width in (31, 60, 100):
        lines = render(document, width).splitlines()
        assert max(map(columns, lines)) <= width
        text = " ".join(line[11:] for line in lines if "word" in line)
        assert text.split() == list(words)


@pytest.mark.parametrize("colour", [False, True])
@given(st.text(min_size=1).filter(str.strip), st.text(max_size=8))
def test_hostile_text_and_labels_do_not_reach_the_terminal(colour, token, label):
    span = Span(0, 0, "\x1b]0;owned\x07" + label)
    document = Document(
        id="x", tokens=(token, "\x1b[2J"), entities=(span,), mentions=(span,),
        relations=(Relation(span, Span(1, 1, "\r"), label + "\x9b31m"),), clusters=(((0, 0), (1, 1)),),
    )  # fmt: skip
    shown = re.sub(r"\x1b\[[\d;]+m", "", render(document, colour=colour))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_brackets_stand_beneath_wide_and_joined_characters():
    document = Document(
        id="wide",
        tokens=("e\u0301le\u0300ve", "海岸", "한국", "𝒳", "quay"),
        entities=(Span(0, 0, "A"), Span(1, 1, "BC"), Span(2, 2, "DE"), Span(4, 4, "FG")),
    )
    text, names = render(document).splitlines()
    for word, label in (("e\u0301le\u0300ve", " A "), ("海岸", "BC"), ("한국", "DE"), ("quay", "FG")):
        before = columns(text[: text.index(word)])
        assert names[before:].startswith(f"└{label}┘")


def test_right_to_left_text_has_its_labels_with_words():
    names, mentions = (Span(1, 1, "PER"), Span(3, 3, "LOC")), (Span(1, 1, "PER"),)
    document = Document(
        id="ar",
        tokens=("ذهبت", "ليلى", "إلى", "القاهرة", ".", "She", "left", "."),
        sentences=((0, 4), (5, 7)),
        entities=names,
        mentions=(*mentions, Span(5, 5, "PER")),
        relations=(Relation(names[0], names[1], "AT"),),
        clusters=(((1, 1), (5, 5)),),
    )
    assert (
        render(document)
        == """\
1          ذهبت ليلى إلى القاهرة .
names      PER ليلى
           LOC القاهرة
mentions   PER 1 ليلى
relations  ليلى 1 —AT→ القاهرة

2          She left .
mentions   ╰─╯PER 1

same 1     ليلى · She
"""
    )
    narrow = render(document.replace(entities=[Span(0, 4, "A_LONG_LABEL")]), width=31).splitlines()
    assert max(map(columns, narrow)) <= 31
    coloured = render(document, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(document)
