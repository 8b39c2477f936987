from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bounds_in, crosses, keep

from hmtl.documents import Span
from hmtl.formats import FormatError
from hmtl.formats.conllu_words import Note
from hmtl.formats.entity_brackets import Brackets, Header, Mention, read_header, write_brackets
from hmtl.formats.files import TextFile

FILE = TextFile("f", "f", ())


def read(cells: list[str], header: Header, left_out: frozenset[str] = frozenset()) -> list[Mention]:
    brackets = Brackets(FILE, header, left_out, Counter())
    for i, cell in enumerate(cells):
        if cell:
            brackets.add(Note(i, False, i + 1, {"Entity": cell}))
    brackets.close()
    return brackets.mentions


@pytest.mark.parametrize(
    ("value", "width", "key", "kind", "has_ids"),
    [
        ("eid-etype-head-other", 4, 0, 1, True),
        ("entity-GRP-infstat", 3, 1, 0, True),
        ("GRP", 1, 0, None, True),
        ("etype", 1, 0, 0, False),
    ],
)
def test_headers(value: str, width: int, key: int, kind: int | None, has_ids: bool) -> None:
    header = read_header(value, FILE, 5)
    assert header == Header(5, width, key, kind) and header.has_ids is has_ids


@pytest.mark.parametrize("value", ["", "head-other", "eid-GRP", "eid-etype-entity"])
def test_headers_that_say_too_little_or_too_much(value: str) -> None:
    with pytest.raises(FormatError, match="^f:5: declares the fields '.*'; name one eid or GRP"):
        read_header(value, FILE, 5)


@pytest.mark.parametrize(
    ("cells", "spans"),
    [
        (["(e1-a(e1-b", "e1)(e1-c", "e1)e1)"], [(0, 1, "b"), (1, 2, "c"), (0, 2, "a")]),
        (["(e1-a)(e2-b", "e2)"], [(0, 0, "a"), (0, 1, "b")]),
        (["(e1-a-b-c", "e1)"], [(0, 1, "a-b-c")]),
        (["(e1)"], [(0, 0, "")]),
    ],
)
def test_brackets_close_the_innermost_mention_of_their_entity(cells: list[str], spans: list) -> None:
    assert [tuple(mention.span) for mention in read(cells, Header(1, 2, 0, 1))] == spans


def test_pieces_must_be_closed_too() -> None:
    cells = ["(e1[1/2]-a", "e1[1/2])", "(e1[2/2]-a"]
    with pytest.raises(FormatError, match=r"^f:3: '\(e1\[2/2\]' is not closed; "):
        read(cells, Header(1, 2, 0, 1), frozenset({"discontinuous"}))


@pytest.mark.parametrize("cell", ["(", "e1", "(e1)x", "(e1-a))", "()", "e1)(e2(", "x" * 100_000])
def test_what_is_no_chain_of_brackets_is_refused(cell: str) -> None:
    with pytest.raises(FormatError, match="^f:1: '.*' is no chain of brackets; write "):
        read([cell], Header(1, 2, 0, 1))


def test_a_bracket_without_the_field_that_closes_it_is_refused() -> None:
    with pytest.raises(FormatError, match=r"^f:1: '\(a' has too few fields; give those of line 1$"):
        read(["(a"], Header(1, 2, 1, 0))


@given(data=st.data())
def test_what_is_written_is_read(data: st.DataObject) -> None:
    bounds = data.draw(bounds_in([(0, 9)], True))
    entities: dict[str, list[tuple[int, int]]] = {}
    for span in bounds:
        entities.setdefault(data.draw(st.sampled_from("abc")), []).append(span)
    mentions = [
        Mention(name, Span(*span, data.draw(st.sampled_from(["", "x", "y"]))))
        for name, spans in entities.items()
        for span in keep(spans, crosses)
    ]
    cells = write_brackets(mentions, 10, ("eid", "etype"))
    assert sorted(read(cells, Header(1, 2, 0, 1))) == sorted(mentions)
