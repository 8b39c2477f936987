import logging
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CELL, crosses, documents

from formats.helpers import put, refusal, there_and_back
from formats.test_fuzz import EXAMPLES, KINDS, read
from hmtl.documents import Document, Span
from hmtl.formats import Conllu, FormatError


def row(number: str, word: str, misc: str = "_") -> str:
    return "\t".join((number, word, *["_"] * 7, misc))


GUM = "\n".join(
    (
        "# newdoc id = GUM_letter_ada",
        "# global.Entity = GRP-etype-infstat-minspan-link-identity",
        "# meta::genre = letter",
        "# sent_id = GUM_letter_ada-1",
        "# speaker = Ada",
        "# text = Bo's boat left Old Quay.",
        row("1-2", "Bo's"),
        row("1", "Bo", "Entity=(7-object-new-2-coref(1-person-new-1-coref-Bo_Merrow-Hale)"),
        row("2", "'s"),
        row("3", "boat", "Entity=7)"),
        row("4", "left", "Discourse=x"),
        row("5", "Old", "Entity=(2-place-new-2-sgl-Old_Quay"),
        row("5.1", "then"),
        row("6", "Quay", "Bridge=7<2|Entity=2)|SpaceAfter=No|SplitAnte=1<2,7<2"),
        row("7", "."),
        "",
        "# sent_id = GUM_letter_ada-2",
        "# text = He saw it",
        row("1", "He", "Entity=(1-person-giv:act-1-ana)"),
        row("2", "saw"),
        row("3", "it", "Entity=(7-object-giv:act-1-ana)|SpacesAfter=\\s\\n"),
        "",
        "# newdoc id = GUM_letter_bo",
        row("1", "Yes"),
        "",
    )
)
COREFUD = "\n".join(
    (
        "# newdoc id = a",
        "# global.Entity = eid-etype-head-other",
        row("1", "Ada", "Entity=(e1[1/2]-person-1-"),
        row("2", "Merrow", "Entity=e1[1/2])(e2--1-)"),
        row("2.1", "_", "Entity=(e3--1-)(e4--1-"),
        row("3", "sang", "Entity=(e1[2/2]-person-1-)e4)"),
        "",
    )
)
LEAVE_OUT = {"discontinuous": "leave_out", "zeros": "leave_out"}


def test_gum_has_types_clusters_text_and_speakers(tmp_path: Path) -> None:
    path = put(tmp_path, "ada.conllu", GUM)
    first, second = Conllu().read(path)
    assert (first.id, first.source, first.genre) == ("GUM_letter_ada", f"{path}:1", "letter")
    assert first.tokens == ("Bo", "'s", "boat", "left", "Old", "Quay", ".", "He", "saw", "it")
    assert first.sentences == ((0, 6), (7, 9)) and first.speakers == ("Ada",) * 7 + ("",) * 3
    assert first.text == "Bo's boat left Old Quay.\nHe saw it \n"
    assert [first.text[s:e] for s, e in first.offsets] == list(first.tokens)
    assert first.mentions == (
        Span(0, 0, "person"),
        Span(0, 2, "object"),
        Span(4, 5, "place"),
        Span(7, 7, "person"),
        Span(9, 9, "object"),
    )
    assert first.clusters == (((0, 0), (7, 7)), ((0, 2), (9, 9)), ((4, 5),))
    # what is declared holds until the end of the file
    assert (second.source, second.mentions, second.clusters) == (f"{path}:23", (), ())


def test_what_is_left_out_is_counted_once_a_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path, "a.conllu", GUM)
    put(tmp_path, "b.conllu", GUM.replace("newdoc id = ", "newdoc id = other_"))
    with caplog.at_level(logging.WARNING):
        list(Conllu().read(tmp_path))
    (message,) = caplog.messages
    counted = "2 bridging links left out, 2 empty nodes left out, 4 split antecedents left out"
    assert message == f"{tmp_path}: {counted}"


def test_singletons_may_be_left_out_of_clusters(tmp_path: Path) -> None:
    first, _ = Conllu(singletons=False).read(put(tmp_path, "ada.conllu", GUM))
    assert first.clusters == (((0, 0), (7, 7)), ((0, 2), (9, 9))) and len(first.mentions or ()) == 5


@pytest.mark.parametrize(
    ("header", "mentions", "clusters"),
    [
        ("entity-GRP", (Span(0, 1, "b"), Span(1, 1, "b")), (((0, 1), (1, 1)),)),
        ("GRP", None, (((0, 1), (1, 1)),)),
        ("etype", (Span(0, 1, "1"), Span(1, 1, "1")), None),
    ],
)
def test_the_header_says_what_is_annotated(
    tmp_path: Path, header: str, mentions: object, clusters: object
) -> None:
    opening = "b-1" if header == "entity-GRP" else "1"
    rows = row("1", "x", f"Entity=({opening}"), row("2", "y", f"Entity=({opening})1)")
    path = put(tmp_path, "f.conllu", f"# global.Entity = {header}\n{rows[0]}\n{rows[1]}\n")
    (document,) = Conllu().read(path)
    assert (document.id, document.mentions, document.clusters) == ("f", mentions, clusters)


def test_gum_8_closes_by_type_and_id(tmp_path: Path) -> None:
    rows = row("1", "x", "Entity=(person-12-new"), row("2", "y", "Entity=person-12)")
    path = put(tmp_path, "f.conllu", f"# global.Entity = entity-GRP-infstat\n{rows[0]}\n{rows[1]}\n")
    assert [document.mentions for document in Conllu().read(path)] == [(Span(0, 1, "person"),)]


def test_without_a_header_nothing_is_annotated(tmp_path: Path) -> None:
    path = put(tmp_path, "f.conllu", f"# newdoc\n{row('1', 'x')}\n\n# newdoc\n{row('1', 'y')}\n")
    first, second = Conllu().read(path)
    assert (first.id, second.id) == ("f.1", "f.2")
    assert first.mentions is None and first.clusters is None


def test_mentions_cross_sentences_and_close_innermost_first(tmp_path: Path) -> None:
    rows = row("1", "x", "Entity=(e1-a(e1-b"), row("1", "y", "Entity=e1)"), row("2", "z", "Entity=e1)")
    text = f"# global.Entity = eid-etype\n{rows[0]}\n\n{rows[1]}\n{rows[2]}\n"
    (document,) = Conllu().read(put(tmp_path, "f.conllu", text))
    assert document.mentions == (Span(0, 1, "b"), Span(0, 2, "a"))


def test_what_stands_twice_is_read_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    text = "# global.Entity = eid-etype\n" + row("1", "x", "Entity=(e1-a)(e1-a)(e2-b)") + "\n"
    (document,) = Conllu().read(put(tmp_path, "f.conllu", text))
    assert document.mentions == (Span(0, 0, "a"), Span(0, 0, "b")) and document.clusters == (((0, 0),),)
    assert "1 mentions that stand twice read once" in caplog.text and "are united" in caplog.text


def test_discontinuous_mentions_and_zeros_are_left_out_only_if_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(tmp_path, "f.conllu", COREFUD)
    assert refusal(Conllu(), path) == (
        "f.conllu:3: has a piece of a discontinuous mention, 'e1[1/2]'; make it one span, or read with "
        'discontinuous: "leave_out", which counts them'
    )
    assert refusal(Conllu(discontinuous="leave_out"), path) == (
        "f.conllu:5: has a mention at an empty node, where there is no word; "
        'read with zeros: "leave_out", which counts them'
    )
    (document,) = Conllu(**LEAVE_OUT).read(path)
    assert document.mentions == (Span(1, 1, ""), Span(2, 2, ""))
    assert document.clusters == (((1, 1),), ((2, 2),))
    counted = "1 discontinuous mentions left out, 1 empty nodes left out, 1 mentions narrowed to their words"
    assert caplog.messages == [f"{path}: {counted}, 1 mentions without words left out"]


def test_words_stand_in_for_a_token_that_they_do_not_spell(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines = ("# text = Port du Havre", row("1", "Port"), row("2-3", "du"), row("2", "de"), row("3", "le"))
    text = "\n".join((*lines, row("4", "Havre"), ""))
    (document,) = Conllu().read(put(tmp_path, "f.conllu", text))
    assert document.text == "Port de le Havre" and document.span_text(2, 3) == "le Havre"
    assert "1 multiword tokens written as their words" in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4\tleft", "5\tleft", "f.conllu:11: has number '5' after word 3; "),
        ("1-2\t", "2-3\t", "f.conllu:7: has number '2-3' after word 0; "),
        ("1-2\t", "1-9\t", "f.conllu:15: ends a sentence too early; "),
        ("5.1\t", "4.1\t", "f.conllu:13: has number '4.1' after word 5; "),
        ("4\tleft\t", "4\t", "f.conllu:11: has 9 columns; give the ten of CoNLL-U, parted by tabs"),
        ("4\tleft\t", "4\t\t", "f.conllu:11: has no word; "),
        ("Bridge=7<2", "Entity=(9-a)", "f.conllu:14: says something twice in MISC; "),
        (
            "SpaceAfter=No",
            "SpaceAfter=Yes",
            "f.conllu:6: gives another text than the words, which say \"Bo's",
        ),
        ("GRP-etype", "x-y", "f.conllu:2: declares the fields 'x-y-infstat"),
        ("# global.Entity", "# global", "f.conllu:8: has a mention of unknown fields; "),
        ("Entity=7)", "Entity=8)", "f.conllu:10: '8)' closes a mention that was not opened; "),
        ("Entity=2)", "x=2)", "f.conllu:12: '(2' is not closed; close it with 2)"),
        ("Entity=7)", "Entity=7", "f.conllu:10: '7' is no chain of brackets; "),
        ("Entity=7)", "Entity=(7))", "f.conllu:10: '(7))' is no chain of brackets; "),
        ("Entity=7)", "Entity=", "f.conllu:10: '' is no chain of brackets; "),
        (
            "Bo's\t_\t_\t_\t_\t_\t_\t_\t_",
            "Bo's\t_\t_\t_\t_\t_\t_\t_\tEntity=(7-a)",
            "f.conllu:7: has a mention at",
        ),
        (
            "# sent_id = GUM_letter_ada-2",
            "# global.Entity = eid",
            "f.conllu:17: declares # global.Entity inside",
        ),
        ("\n1\tYes", "\n\n1\tYes", "f.conllu:23: is a sentence without words; "),
        ("ada\n# global", "ada\nAda\n# global", "f.conllu:2: has 1 columns; "),
        ("_bo", "_ada", "f.conllu:23: document 'GUM_letter_ada' was already read at f.conllu:1; "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GUM
    assert refusal(Conllu(), put(tmp_path, "f.conllu", GUM.replace(old, new, 1))).startswith(message)


def test_choices_are_checked() -> None:
    with pytest.raises(ConfigurationError, match="zeros: 'skip' is unknown; choose from error, leave_out"):
        Conllu(zeros="skip")


LABEL = st.sampled_from(["person", "a:b", "", "O"])


@st.composite
def annotated(draw: st.DrawFn, singletons: bool) -> Document:
    """A document whose clusters are those of entities with these mentions, with gaps of all kinds."""
    document = draw(
        documents(("mentions",), tokens=CELL, labels=LABEL, conflict=crosses, missing=False, laid_out=True)
    )
    groups: dict[int, set[tuple[int, int]]] = {}
    for span in document.mentions or ():
        groups.setdefault(draw(st.integers(0, 3)), set()).add(span.bounds)
    kept = [tuple(group) for group in groups.values() if singletons or len(group) > 1]
    speakers = draw(st.none() | st.just(("Ada",) * len(document.tokens)))
    return document.replace(clusters=tuple(kept), speakers=speakers, genre=draw(st.none() | CELL))


@pytest.mark.parametrize("singletons", [True, False])
@given(data=st.data())
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, singletons: bool, data: st.DataObject) -> None:
    first, second = data.draw(annotated(singletons)), data.draw(annotated(singletons))
    changes = data.draw(st.sampled_from([{}, {"clusters": None}, {"mentions": None}]))
    first, second = first.replace(id="a"), second.replace(id="b", **changes)
    if "clusters" in changes:
        second = second.replace(mentions=tuple(s for s in second.mentions or () if s.label))
    path = tmp_path_factory.mktemp("f") / "f.conllu.gz"
    assert there_and_back(Conllu(singletons), [first, second], path) == [first, second]


@given(documents(("mentions", "clusters"), laid_out=True))
def test_nothing_is_lost_on_the_way(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.conllu"
    try:
        found = there_and_back(Conllu(), [document], path)
    except FormatError as error:
        assert "which conllu cannot hold; " in str(error) and "\n" not in str(error)
    else:
        assert found == [document]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"mentions": (Span(0, 0, "a"),), "clusters": ()}, "a mention (0, 0) in no cluster"),
        ({"mentions": (), "clusters": (((0, 0),),)}, "no mention (0, 0) of a cluster"),
        ({"mentions": (Span(0, 0, "a-b"),)}, "the label 'a-b', which has a hyphen"),
        ({"mentions": (Span(0, 0, "a(b"),)}, "a part that would be refused"),
        ({"clusters": (((0, 2), (1, 3)),)}, "clusters that would read otherwise"),
        ({"entities": (Span(0, 0, "a"),)}, "entities"),
        ({"id": "a\nb"}, "a part that would be refused"),
        ({"id": " a"}, "id that would read otherwise"),
        ({"speakers": tuple("abcd")}, "speakers that would read otherwise"),
    ],
)
def test_what_the_columns_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    document = Document(**{"id": "d", "tokens": tuple("abcd")} | changes)
    with pytest.raises(FormatError) as caught:
        Conllu().write([document], tmp_path / "f")
    assert f" has {what}" in str(caught.value) and "\n" not in str(caught.value)


def test_a_document_without_annotation_comes_first(tmp_path: Path) -> None:
    bare, empty = Document("a", ("x",)), Document("b", ("y",), mentions=())
    assert there_and_back(Conllu(), [bare, empty], tmp_path / "f.conllu") == [bare, empty]
    with pytest.raises(FormatError, match="'a' has no annotation, unlike one before it"):
        Conllu().write([empty, bare], tmp_path / "f.conllu")


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_damaged_files(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([GUM, COREFUD]))
    path = tmp_path_factory.mktemp("f") / "f.conllu"
    damage = KINDS[data.draw(st.sampled_from(sorted(KINDS)))]
    path.write_bytes(damage(text.encode(), *data.draw(st.tuples(*[st.integers(0, 1 << 16)] * 3))))
    read(Conllu(**data.draw(st.sampled_from([{}, LEAVE_OUT]))), path)
