import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Span
from hmtl.formats.files import TextFile
from hmtl.formats.format import FormatError
from hmtl.formats.sections import Section, begin_line, sections, split_part

TEXT = """#begin document (nw/a); part 001
0 In (A* -
1 Rome *) (2

0 yes (B*) 2)
#end document
#begin document b
0 no * -
#end document
"""


def parse(text: str) -> list[Section]:
    return list(sections(TextFile("f", "f", enumerate(text.split("\n"), start=1)), fewest=3))


def test_documents_with_their_columns() -> None:
    first, second = parse(TEXT)
    assert (first.id, first.line, first.genre) == ("nw/a; part 001", 1, "nw")
    assert (second.id, second.line, second.genre) == ("b", 7, None)
    assert first.bounds() == [(0, 1), (2, 2)] and first.column(1) == ["In", "Rome", "yes"]
    assert first.document_spans(2) == (Span(0, 1, "A"), Span(2, 2, "B"))
    assert first.clusters() == (((1, 2),),) and second.clusters() == ()


def test_a_last_line_may_be_missing_and_a_blank_one_too() -> None:
    assert [section.id for section in parse(TEXT.rstrip())] == ["nw/a; part 001", "b"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "#end document\n#begin",
            "#begin",
            "f:6: begins a document inside 'nw/a; part 001'; put #end document before it",
        ),
        (
            "#begin document b\n",
            "",
            "f:7: stands outside a document; put #begin document (name); part 000 before it",
        ),
        (" b\n", "\n", "f:7: begins a document without a name; write #begin document (name); part 000"),
        ("1 Rome *) (2", "1 Rome (2", "f:3: has 3 columns; give 4 as line 2"),
        ("0 no * -", "0 no", "f:8: has 2 columns; give at least 3"),
        (
            "0 no * -\n#end document\n",
            "0 no * -\n",
            "f:7: begins 'b', which has no #end document; the file is cut off, fetch it again",
        ),
        ("#begin document b\n0 no * -\n", "", "f:7: ends a document that was not begun; remove the line"),
    ],
)
def test_mistakes_are_named_with_their_line(old: str, new: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(TEXT.replace(old, new, 1))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(A*", "(A", "f:3: '*)' closes"),
        ("(B*)", "(B*", "f:5: '(B' is not closed"),
    ],
)
def test_brackets_are_named_with_their_line(old: str, new: str, message: str) -> None:
    section = parse(TEXT.replace(old, new, 1).replace("(A ", "* "))[0]
    with pytest.raises(FormatError) as caught:
        section.document_spans(2)
    assert str(caught.value).startswith(message)


def test_coreference_is_named_with_its_line() -> None:
    with pytest.raises(FormatError, match=r"^f:3: '\(2' is not closed"):
        parse(TEXT.replace("2)", "-"))[0].clusters()
    with pytest.raises(FormatError, match=r"^f:5: '2\)' closes"):
        parse(TEXT.replace("(2", "-"))[0].clusters()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_id_is_read_from_its_line_or_refused(identifier: str) -> None:
    line = begin_line(identifier)
    if line is None:
        assert set(identifier) & set("()\t\r\n ")
    else:
        assert parse(f"{line}\n#end document")[0].id == identifier


def test_parts() -> None:
    assert split_part("nw/a; part 003") == ("nw/a", "003")
    assert split_part("nw/a") == ("nw/a", "") and split_part("a; part 1 2") == ("a; part 1 2", "")
    assert begin_line("nw/a; part 003") == "#begin document (nw/a); part 003"
    assert begin_line("nw/a") == "#begin document (nw/a);"
