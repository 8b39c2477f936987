import re
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from formats.ace2005_sample import APF, SGML, charseq
from formats.helpers import put, refusal, there_and_back
from formats.test_fuzz import EXAMPLES, KINDS, read
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Ace2005, FormatError, sniff
from hmtl.raw_text import TextSplitter

WORDS = "Ada's Dr. Bo & <Co> U.S.-led ships; sold, 3.5% of it! Quillmouth-born (1998) don't ?".split()
SPLIT = TextSplitter()


def put_both(folder: Path, name: str = "h", apf: str = APF, sgml: str = SGML) -> Path:
    put(folder, f"{name}.sgm", sgml)
    return put(folder, f"{name}.apf.xml", apf)


def one(form: Ace2005, path: Path) -> Document:
    (document,) = form.read(path)
    return document


def texts(document: Document) -> list[tuple[str, str]]:
    return [(document.span_text(*span.bounds), span.label) for span in document.mentions or ()]


def test_heads_relations_and_entities(tmp_path: Path) -> None:
    path = put_both(tmp_path)
    document = one(Ace2005(), path)
    assert (document.id, document.genre) == ("HARBOUR_20050301.1200", "newswire")
    assert document.source == f"{path}:1"
    assert [document.span_text(*sentence) for sentence in document.sentences] == [
        "Fog closes Quillmouth",
        "Ada Merrow, the Quillmouth-born captain, runs Merrow & Sons.",
        "She\nsold the boat.",
        "Her brother left!",
    ]
    assert texts(document) == [
        ("Quillmouth", "GPE"),
        ("Ada Merrow", "PER"),
        ("Quillmouth", "GPE"),
        ("Merrow & Sons", "ORG"),
        ("She", "PER"),
        ("Her", "PER"),
        ("brother", "PER"),
    ]
    assert [
        (document.span_text(*h[:2]), document.span_text(*t[:2]), r) for h, t, r in document.relations
    ] == [
        ("Ada Merrow", "Quillmouth", "GEN-AFF"),
        ("Her", "brother", "PER-SOC"),
    ]
    clusters = [[document.span_text(*span) for span in cluster] for cluster in document.clusters or ()]
    assert clusters == [["Quillmouth"] * 2, ["Ada Merrow", "She", "Her"], ["Merrow & Sons"], ["brother"]]


def test_extents_nest_and_have_subtypes(tmp_path: Path) -> None:
    form = Ace2005(span="extent", entity_subtypes=True, relation_subtypes=True, singletons=False)
    document = one(form, put_both(tmp_path))
    assert ("Ada Merrow, the Quillmouth-born captain", "PER:Individual") in texts(document)
    assert ("Her brother", "PER:Individual") in texts(document)
    assert {label for *_, label in document.relations or ()} == {
        "GEN-AFF:Citizen-Resident-Religion-Ethnicity",
        "PER-SOC:Family",
    }
    assert [len(cluster) for cluster in document.clusters or ()] == [2, 3]


def test_only_the_annotated_layers_are_there(tmp_path: Path) -> None:
    document = one(Ace2005(annotated=["mentions"]), put_both(tmp_path))
    assert document.mentions and document.relations is None and document.clusters is None


def test_words_are_cut_and_sentences_joined_where_a_mention_needs_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sgml = "<DOC><BODY>See Yahoo! Merrow's Quillmouthborn crew.</BODY></DOC>"
    spans = {"Yahoo! Merrow": "4", "Quillmouth": "20"}
    entities = [
        f'<entity ID="E{i}" TYPE="ORG"><entity_mention ID="M{i}"><extent>'
        f'<charseq START="{start}" END="{int(start) + len(text) - 1}">{text}</charseq></extent>'
        f"</entity_mention></entity>"
        for i, (text, start) in enumerate(spans.items())
    ]
    apf = f'<source_file><document DOCID="d">{"".join(entities)}</document></source_file>'
    path = put_both(tmp_path, apf=apf, sgml=sgml)
    document = one(Ace2005(span="extent"), path)
    assert document.tokens == ("See", "Yahoo", "!", "Merrow", "'s", "Quillmouth", "born", "crew", ".")
    assert document.sentences == ((0, 8),)
    assert len(SPLIT("See Yahoo! Merrow's", "d", "").sentences) == 2
    assert caplog.messages == [
        f"{path}: 1 sentences fewer where a mention or relation goes on, "
        "1 words more by cuts at the bounds of mentions"
    ]
    assert "has no head" in refusal(Ace2005(), path)
    # what was cut and joined is written so that it is cut and joined again
    assert there_and_back(Ace2005(span="extent"), [document], tmp_path / "b.sgm") == [
        document.replace(source="")
    ]


def test_what_is_not_read_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    double = APF.replace('ID="H-E2-2"', 'ID="H-E2-0"').replace("</entity>", "</entity>", 1)
    twin = re.search(r' *<entity_mention ID="H-E2-0".*?</entity_mention>\n', double, re.S)[0]
    apf = APF.replace(
        '  <entity ID="H-E3"', f'  <entity ID="H-E5" TYPE="GPE">\n{twin}  </entity>\n  <entity ID="H-E3"'
    )
    put_both(tmp_path, apf=apf)
    list(Ace2005().read(tmp_path))
    assert caplog.messages[-1] == (
        f"{tmp_path}: 1 <timex2> left out, 1 mentions that stand twice read once, "
        "1 times of relations left out"
    )
    assert "in two clusters, which are united" in caplog.messages[0]


def test_references_count_as_they_are_written(tmp_path: Path) -> None:
    document = one(Ace2005(), put_both(tmp_path))
    # LDC's own count of the last word but one, in the text without tags
    assert SGML[re.search("brother", SGML).start() :].startswith("brother left")
    plain = re.sub("<[^<>]+>", "", SGML)
    assert (
        charseq("brother")
        == f'<charseq START="{plain.index("brother")}" END="{plain.index("brother") + 6}">brother</charseq>'
    )
    assert document.text.index("brother") == plain.index("brother") - plain.index("\n\nFog") - len("amp;")


@pytest.mark.parametrize("name", ["h.apf.xml", "h.sgm"])
def test_either_file_names_the_document(tmp_path: Path, name: str) -> None:
    put_both(tmp_path)
    assert sniff(tmp_path / name).name == "ace2005"
    assert one(Ace2005(), tmp_path / name).tokens[:2] == ("Fog", "closes")


def test_a_split_and_a_stage_choose_files(tmp_path: Path) -> None:
    for name in "ab":
        for stage in ("adj", "timex2norm"):
            apf = APF.replace("HARBOUR_20050301.1200", f"{name}-{stage}")
            put_both(tmp_path / "corpus/nw" / stage, name, apf)
    put_both(tmp_path / "corpus/bc/adj", "c", APF.replace("HARBOUR_20050301.1200", "c"))
    assert [d.id for d in Ace2005().read(tmp_path / "corpus")] == ["c", "a-timex2norm", "b-timex2norm"]
    form = Ace2005(corpus=str(tmp_path / "corpus"))
    split = put(tmp_path, "dev", "nw/timex2norm/b\n\na.apf.xml\n")
    assert [document.id for document in form.read(split)] == ["b-timex2norm", "a-timex2norm"]
    assert refusal(form, put(tmp_path, "dev", "a\nd\n")) == (
        "dev:2: 'd' is not in corpus; correct the list or the corpus"
    )
    assert [d.id for d in Ace2005(stage="adj").read(tmp_path / "corpus")] == ["c", "a-adj", "b-adj"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("</head>", "</tail>", "h.apf.xml:8: is no well-formed XML (mismatched tag); "),
        ('ID="H-E1-2"', 'ID="H-E1-1"', 'h.apf.xml:10: <entity_mention> has the ID "H-E1-1" of line 6; '),
        (
            'REFID="H-E1-1"',
            'REFID="H-E9"',
            'h.apf.xml:48: <relation_mention_argument> refers to "H-E9", which',
        ),
        (
            'ROLE="Time-',
            'ROLE="Place-',
            'h.apf.xml:51: <relation_mention_argument> has the ROLE "Place-Within"',
        ),
        (
            '4-1" ROLE="Arg-2"',
            '4-1" ROLE="Arg-1"',
            'h.apf.xml:57: <relation_mention_argument> has the ROLE "Arg',
        ),
        (
            '<relation_mention_argument REFID="H-E1-3" ROLE="Arg-1"/>',
            "",
            "h.apf.xml:55: <relation_mention> has no",
        ),
        ('<entity ID="H-E4" TYPE="PER"', '<entity ID="H-E4"', "h.apf.xml:36: <entity> has no TYPE; "),
        ("START=", "BEGIN=", "h.apf.xml:7: <charseq> has no START; "),
        ('START="', 'START="-', 'h.apf.xml:7: <charseq> has START "-'),
        ('START="', 'START="99', "h.apf.xml:7: <charseq> ends at "),
        ('END="', 'END="99', "h.apf.xml:7: characters "),
        (">She<", ">Sue<", 'h.apf.xml:11: characters 137 to 139 are said to be "Sue" and are "She"; '),
        ("<source_file", "<source_fail", "h.apf.xml:61: is no well-formed XML (mismatched tag); "),
        ("<document ", "<x/><documents ", "h.apf.xml:60: is no well-formed XML"),
        (' DOCID="HARBOUR_20050301.1200"', "", "h.apf.xml:4: <document> has no DOCID; "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in APF
    found = refusal(Ace2005(), put_both(tmp_path, apf=APF.replace(old, new, 1)))
    assert found.startswith(message), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<BODY>", "<BODE>", "h.sgm:1: has no text between <BODY> and </BODY>; name another element"),
        ("<TEXT>", "<BODY>", "h.sgm:9: has a second <BODY>; "),
        (
            "Fog",
            "Fogs",
            'h.apf.xml:7: characters 72 to 110 are said to be "Ada Merrow, the Quillmouth-born captain"',
        ),
        ("She", "</BODY>She", "h.apf.xml:11: characters 137 to 139 are not in <BODY>; "),
        ("<DOCID> ", "<DOCID>", "h.apf.xml:7: characters 72 to 110 are said to be "),
    ],
)
def test_slips_in_the_text_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SGML
    sgml = (
        SGML.replace(old, new, 1) if new != "</BODY>She" else SGML.replace("</BODY>\n", "").replace(old, new)
    )
    found = refusal(Ace2005(), put_both(tmp_path, sgml=sgml))
    assert found.startswith(message), found


def test_files_that_are_missing_or_differ_are_named(tmp_path: Path) -> None:
    path = put(tmp_path, "h.apf.xml", APF)
    assert refusal(Ace2005(), path) == "h.apf.xml:1: has no h.sgm beside it; put the text there"
    put_both(tmp_path, "i")
    put(tmp_path, "h.sgm", SGML)
    twice = refusal(Ace2005(), path.parent)
    assert "document 'HARBOUR_20050301.1200' was already read at " in twice


@pytest.mark.parametrize(("key", "value"), [("span", "heads"), ("annotated", ["entities"])])
def test_choices_are_checked(key: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"^{key}: '.*' is "):
        Ace2005(**{key: value})


@st.composite
def annotated(draw: st.DrawFn) -> Document:
    """A text as spaCy splits it, with mentions and relations that lie inside its sentences."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20))
    gaps = draw(
        st.lists(st.sampled_from([" ", "\n", "  ", "\n\n"]), min_size=len(words), max_size=len(words))
    )
    text = draw(st.sampled_from(["", "\n"])) + "".join(w + g for w, g in zip(words, gaps, strict=True))
    document = SPLIT(text, draw(st.sampled_from(["d", "a&b.1", "x/y", "second.sgm"])), "")
    place = st.sampled_from(document.sentences).flatmap(
        lambda bounds: st.tuples(st.integers(*bounds), st.integers(*bounds)).map(
            lambda pair: tuple(sorted(pair))
        )
    )
    labels = {
        span: draw(st.sampled_from(["PER", "GPE:Nation"])) for span in draw(st.lists(place, max_size=6))
    }
    mentions = [Span(*span, label) for span, label in labels.items()]
    groups: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for start, end, label in mentions:
        groups.setdefault((draw(st.integers(0, 2)), label), []).append((start, end))
    of, relations = document.sentence_of(), set()
    for head in mentions:
        for tail in mentions:
            if of[head.start] == of[tail.start] and draw(st.booleans()):
                relations.add(Relation(head, tail, draw(st.sampled_from(["ART", "PHYS:Near"]))))
    return document.replace(
        mentions=tuple(mentions),
        relations=tuple(relations),
        clusters=tuple(map(tuple, groups.values())),
        genre=draw(st.sampled_from([None, "broadcast news", '"&'])),
    )


@pytest.mark.parametrize("options", [{}, {"span": "extent", "entity_subtypes": True}, {"element": "DOC"}])
@given(data=st.data())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, options: dict, data: st.DataObject) -> None:
    first, second = data.draw(annotated()), data.draw(annotated()).replace(id="second")
    folder = tmp_path_factory.mktemp("f") / "corpus"
    found = there_and_back(Ace2005(**options), [first, second], folder)
    assert sorted(found, key=lambda d: d.id) == sorted([first, second], key=lambda d: d.id)


@given(documents(("mentions", "relations", "clusters"), missing=False, laid_out=True))
def test_nothing_is_lost_on_the_way(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.apf.xml"
    try:
        found = there_and_back(Ace2005(), [document], path)
    except FormatError as error:
        assert "which ace2005 cannot hold; " in str(error) and "\n" not in str(error)
    else:
        assert found == [document]


MENTION = Span(0, 0, "PER")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"mentions": None}, "mentions unlike what is annotated"),
        ({"clusters": (((1, 1),),)}, "no mention (1, 1) of a cluster"),
        ({"mentions": (MENTION,)}, "a mention (0, 0) in no cluster"),
        ({"relations": (Relation(MENTION, MENTION, "A"),)}, "an argument (0, 0, 'PER') that is no mention"),
        ({"tokens": ("a", "b.c,d")}, "tokens that would read otherwise"),
        ({"speakers": ("x", "y")}, "speakers that would read otherwise"),
        ({"entities": (MENTION,)}, "entities"),
        ({"id": ""}, "a part that would be refused"),
        ({"genre": "\x01"}, "a part that would be refused"),
    ],
)
def test_what_the_files_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    layers = dict.fromkeys(("mentions", "relations", "clusters"), ())
    with pytest.raises(FormatError) as caught:
        Ace2005().write([Document(**{"id": "d", "tokens": ("a", "b")} | layers | changes)], tmp_path / "f")
    assert f" has {what}" in str(caught.value) and "\n" not in str(caught.value)
    assert not any((tmp_path / "f").rglob("*.*"))


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_damaged_files(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = put_both(tmp_path_factory.mktemp("f"))
    victim = data.draw(st.sampled_from([path, path.with_name("h.sgm")]))
    damage = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    victim.write_bytes(damage(victim.read_bytes(), *data.draw(st.tuples(*[st.integers(0, 1 << 16)] * 3))))
    read(Ace2005(), path)
