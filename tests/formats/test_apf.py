from collections import Counter

import pytest

from formats.ace2005_sample import APF
from hmtl.formats import FormatError
from hmtl.formats.apf import Apf, Charseq, read_apf
from hmtl.formats.files import TextFile

EXTENT = '<extent><charseq START="3" END="5">Ada</charseq></extent>'
MENTION = f'<entity_mention ID="M">{EXTENT}</entity_mention>'
ENTITY = f'<entity ID="E" TYPE="PER">{MENTION}</entity>'


def read(text: str, tally: Counter[str]) -> Apf:
    return read_apf(TextFile("f", "f", list(enumerate(text.split("\n"), start=1))), tally)


def wrapped(content: str) -> str:
    return f'<source_file><document DOCID="d">\n{content}</document></source_file>'


def test_what_the_sample_says() -> None:
    tally: Counter[str] = Counter()
    apf = read(APF, tally)
    assert (apf.id, apf.source) == ("HARBOUR_20050301.1200", "newswire")
    assert [(e.type, e.subtype, [m.id for m in e.mentions]) for e in apf.entities] == [
        ("PER", "Individual", ["H-E1-1", "H-E1-2", "H-E1-3"]),
        ("GPE", "Population-Center", ["H-E2-1", "H-E2-2"]),
        ("ORG", "Commercial", ["H-E3-1"]),
        ("PER", "Individual", ["H-E4-1"]),
    ]
    # the arguments stand in the order of their roles, not of the file
    assert [(r.type, r.arguments) for r in apf.relations] == [
        ("GEN-AFF", ("H-E1-1", "H-E2-2")),
        ("PER-SOC", ("H-E1-3", "H-E4-1")),
    ]
    assert tally == {"<timex2> left out": 1, "times of relations left out": 1}


def test_a_mention_may_lack_its_head() -> None:
    ((entity,), ()) = (apf := read(wrapped(ENTITY), Counter())).entities, apf.relations
    assert entity.mentions[0].extent == Charseq(2, 3, 5, "Ada") and entity.mentions[0].head is None
    assert apf.source is None and entity.subtype == ""


def test_values_times_and_events_are_counted() -> None:
    tally: Counter[str] = Counter()
    read(wrapped(f"<value/>{ENTITY}<timex2/><value/><event><x/></event>"), tally)
    assert tally == {"<value> left out": 2, "<timex2> left out": 1, "<event> left out": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<apf/>", "f:1: <apf> is no APF; give it a <source_file>"),
        ("<source_file/>", "f:1: <source_file> has no <document>; "),
        (
            '<source_file>\n<document DOCID="a"/>\n<document DOCID="b"/></source_file>',
            "f:3: <document> is the second in one <source_file>; ",
        ),
        (wrapped('<entity ID="E" TYPE="PER"/>'), "f:2: <entity> has no <entity_mention>; give it one, or"),
        (
            wrapped('<relation ID="R" TYPE="A"/>'),
            "f:2: <relation> has no <relation_mention>; give it one, or",
        ),
        (wrapped(ENTITY.replace('ID="M"', "")), "f:2: <entity_mention> has no ID; "),
        (wrapped(ENTITY.replace('ID="M"', 'ID="E"')), 'f:2: <entity_mention> has the ID "E" of line 2; '),
        (wrapped(ENTITY.replace(EXTENT, "")), "f:2: <entity_mention> has no <extent>; "),
        (wrapped(ENTITY.replace("charseq", "chars")), "f:2: <extent> has no <charseq>; "),
        (wrapped(ENTITY.replace('"3"', '"٣"')), 'f:2: <charseq> has START "\\u0663" and END "5"; '),
        (wrapped(ENTITY.replace('"3"', '"6"')), "f:2: <charseq> ends at 5, before it starts at 6; "),
        (
            wrapped(ENTITY.replace('"5"', f'"{"9" * 5000}"')),
            'f:2: <charseq> has START "3" and END "999',
        ),
    ],
)
def test_slips_are_named(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text, Counter())
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("key", ["ID", "START", "REFID", "ROLE"])
def test_a_line_break_in_a_value_breaks_no_message(key: str) -> None:
    argument = '<relation_mention_argument REFID="M" ROLE="Arg-1"/>'
    relation = f'<relation ID="R" TYPE="A"><relation_mention ID="Q">{argument}</relation_mention></relation>'
    text = wrapped(ENTITY + relation).replace(f'{key}="', f'{key}="&#10;')
    if key == "ID":
        text = text.replace('"&#10;M"', '"&#10;E"')
    with pytest.raises(FormatError) as caught:
        read(text, Counter())
    assert "\n" not in str(caught.value) and "\\n" in str(caught.value)
