import pytest

from hmtl.formats import FormatError
from hmtl.formats.files import TextFile
from hmtl.formats.xml_tree import DEEPEST, Element, parse_xml

DOCTYPE = '<!DOCTYPE a SYSTEM "/etc/passwd">\n'


def parse(text: str) -> Element:
    return parse_xml(TextFile("f.xml", "f", list(enumerate(text.split("\n"), start=1))))


def test_elements_know_their_text_and_lines() -> None:
    root = parse(
        f'<?xml version="1.0" encoding="latin-1"?>\n{DOCTYPE}<a x="1">é<b/>\n<c>&amp;&#65;<d/>z</c>\n</a>'
    )
    assert (root.name, root.line, root.attributes, root.text) == ("a", 3, {"x": "1"}, "é\n\n")
    assert [(child.name, child.line, child.text) for child in root.children] == [
        ("b", 3, ""),
        ("c", 4, "&Az"),
    ]
    assert root.only("c").only("d").line == 4 and root.optional("d") is None and root.attribute("x") == "1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a>\n<b></a>", "f.xml:2: is no well-formed XML (mismatched tag); "),
        ("<a>", "f.xml:1: is no well-formed XML (no element found); "),
        ("", "f.xml:1: is no well-formed XML (no element found); "),
        ("<a/><b/>", "f.xml:1: is no well-formed XML (junk after document element); "),
        ("<a>\x00</a>", "f.xml:1: is no well-formed XML (not well-formed (invalid token)); "),
        ("<a>\ud800</a>", "f.xml:1: is no well-formed XML (not well-formed (invalid token)); "),
        (DOCTYPE + "<a>\n&leak;</a>", "f.xml:3: has the entity '&leak;'; "),
        (DOCTYPE + "<a x='1&leak;2'/>", "f.xml:2: has the entity '&leak;'; "),
        ('<!DOCTYPE a [\n<!ENTITY b "x">]>\n<a/>', "f.xml:1: declares a DTD of its own; "),
        ('<!DOCTYPE a [<!ENTITY % b SYSTEM "http://x/">]>\n<a/>', "f.xml:1: declares a DTD of its own; "),
        ("<a>\n" * 500 + "</a>" * 500, f"f.xml:{DEEPEST + 1}: <a> lies {DEEPEST} elements deep; "),
    ],
)
def test_what_is_no_plain_xml_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


@pytest.mark.parametrize("declared", ["9" * 40, "&b;&b;&b;&b;&b;&b;&b;&b;"])
def test_entities_are_never_expanded(declared: str) -> None:
    laughs = "".join(f'<!ENTITY {name} "{declared}">' for name in "bcde")
    with pytest.raises(FormatError):
        parse(f"<!DOCTYPE a [{laughs}]>\n<a>&e;</a>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a/>", "f.xml:1: <a> has no <b>; give it one <b>"),
        ("<a>\n<b/>\n<b/></a>", "f.xml:3: <b> is the second in one <a>; keep one of them"),
    ],
)
def test_an_only_child_is_asked_for(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text).only("b")
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["<a/>", "<a x=''/>"])
def test_an_attribute_is_asked_for(text: str) -> None:
    with pytest.raises(FormatError, match='^f.xml:1: <a> has no x; give x="…"$'):
        parse(text).attribute("x")
