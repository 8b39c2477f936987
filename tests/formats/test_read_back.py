import pytest

from hmtl.documents import Document, Span
from hmtl.formats import Conllu, FormatError
from hmtl.formats.read_back import as_written, difference
from hmtl.formats.singletons import check_singletons

DOCUMENT = Document("d", ("a", "b"), mentions=(Span(0, 0, "A"),), source="f:1")


def fail() -> list[Document]:
    raise FormatError("g:3: is broken; mend it")


def test_where_it_was_read_makes_no_difference() -> None:
    assert difference(DOCUMENT, lambda: [DOCUMENT.replace(source="g:7")]) is None


def test_the_first_field_that_differs_is_named() -> None:
    other = DOCUMENT.replace(mentions=(), genre="x")
    assert difference(DOCUMENT, lambda: [other]) == "mentions that would read otherwise"
    assert difference(DOCUMENT, fail) == "a part that would be refused (g:3: is broken; mend it)"
    assert "too many values" in (difference(DOCUMENT, lambda: [DOCUMENT, DOCUMENT]) or "")


def test_lines_are_read_as_from_a_file() -> None:
    assert list(as_written(["a\r", "b\nc", "\ufeff"], "f").lines) == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
        (4, "\ufeff"),
    ]
    with pytest.raises(UnicodeEncodeError):
        as_written(["\ud800"], "f")


@pytest.mark.parametrize(
    ("mentions", "clusters", "singletons", "what"),
    [
        (DOCUMENT.mentions, None, True, None),
        (DOCUMENT.mentions, (((0, 0),),), True, None),
        (DOCUMENT.mentions, (), False, None),
        (None, (((0, 0), (1, 1)),), False, None),
        (DOCUMENT.mentions, (), True, "a mention (0, 0) in no cluster"),
        (DOCUMENT.mentions, (((0, 0),),), False, "a cluster of one mention"),
        (None, (((0, 0),),), False, "a cluster of one mention"),
        (DOCUMENT.mentions, (((0, 0), (1, 1)),), True, "no mention (1, 1) of a cluster"),
    ],
)
def test_singletons(mentions: object, clusters: object, singletons: bool, what: str | None) -> None:
    document = DOCUMENT.replace(mentions=mentions, clusters=clusters)
    if what is None:
        check_singletons(Conllu(), document, singletons)
    else:
        with pytest.raises(FormatError) as caught:
            check_singletons(Conllu(), document, singletons)
        assert f"document 'd' has {what}, which conllu cannot hold; " in str(caught.value)
