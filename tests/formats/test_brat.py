import logging
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from strategies import ANY_TEXT, among, marked_texts

from formats.helpers import put, refusal
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Brat, FormatError, sniff
from hmtl.formats.brat_files import escaped, unescaped
from hmtl.formats.characters import Mark

TEXT = "Ada 😀 met\r\nBo Day. She left."
ANN = """T1\tPER 0 3\tAda
T2\tPER 11 17\tBo Day
R1\tMet Arg1:T1 Arg2:T2
T3\tPER 19 22\tShe
*\tEquiv T1 T3
T4\tDUO 0 17\tAda 😀 met  Bo Day
E1\tMEETING:T4 Who:T1
A1\tSure E1
N1\tReference T1 Wikidata:Q7259\tAda
#1\tAnnotatorNotes T1\tfirst
"""
ADA, BO, SHE, DUO = Span(0, 0, "PER"), Span(3, 4, "PER"), Span(6, 6, "PER"), Span(0, 4, "DUO")


def corpus(folder: Path, ann: str = ANN, text: str = TEXT) -> Path:
    put(folder, "nw/a.txt", text)
    return put(folder, "nw/a.ann", ann)


def test_spans_relations_and_clusters(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = corpus(tmp_path)
    (document,) = Brat().read(tmp_path)
    assert (document.id, document.source, document.text) == ("nw/a", f"{path}:1", TEXT)
    assert document.mentions == (ADA, DUO, BO, SHE) and document.entities is None
    assert document.relations == (Relation(ADA, BO, "Met"),) and document.clusters == (((0, 0), (6, 6)),)
    counted = ", ".join(f"1 {kind} are not read" for kind in "attributes events normalizations notes".split())
    assert [r.getMessage() for r in caplog.records] == [f"{tmp_path}: {counted}"]
    for alone in (path, path.with_suffix(".txt")):
        assert [d.id for d in Brat().read(alone)] == ["a"]
        assert sniff(alone).name == "brat"
    assert sniff(tmp_path).name == "brat"


def test_layers_that_no_file_has_were_not_annotated(tmp_path: Path) -> None:
    corpus(tmp_path, "")
    (document,) = Brat(layer="entities").read(tmp_path)
    assert document.entities == () and document.mentions is document.relations is document.clusters is None
    put(tmp_path, "b.txt", "Ada")
    put(tmp_path, "b.ann", "T1\tPER 0 3\tAda\n*\tEquiv T1\n")
    assert [d.clusters for d in Brat().read(tmp_path)] == [(((0, 0),),), ()]


def test_discontinuous_spans_are_refused_or_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = corpus(tmp_path, ANN.replace("11 17\tBo Day", "11 13;19 22\tBo She"))
    message = "a.ann:2: 'T2' is discontinuous; make it one span, or read with discontinuous: "
    assert refusal(Brat(), path) == f'{message}"leave_out"'
    caplog.set_level(logging.WARNING)
    (document,) = Brat(discontinuous="leave_out").read(path)
    assert (
        document.mentions == (ADA, DUO, SHE)
        and document.relations == ()
        and len(document.clusters or ()) == 1
    )
    assert "1 discontinuous annotations are left out" in caplog.text
    assert "1 left out relations that lack events or discontinuous annotations" in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("11 17", "12 18", 'a.ann:2: quotes "Bo Day" where the text has "o Day."; count code points from 0'),
        (
            "19 22",
            "19 99",
            "a.ann:4: characters 19 to 99 are no part of the 28 of the text; count code points",
        ),
        ("Arg2:T2", "Arg2:T9", "a.ann:3: refers to 'T9', which is nowhere; add it, or remove the line"),
        (
            "Arg2:T2",
            "T2",
            "a.ann:3: 'Met Arg1:T1 T2' does not say what is related; write TYPE Arg1:T1 Arg2:T2",
        ),
        ("T2\tPER", "T1\tPER", "a.ann:2: 'T1' stands in line 1 too; give each annotation its own id"),
        (
            "Equiv T1 T3",
            "Same T1 T3",
            "a.ann:5: 'Same T1 T3' does not say what is related; write Equiv T1 T2",
        ),
        ("PER 0 3", "PER 0", "a.ann:1: 'PER 0' is no type with characters; write TYPE START END"),
        ("A1\t", "X1\t", "a.ann:8: 'X1\tSure E1' is no annotation; begin it with T, R, *"),
        ("T1\tPER", "\tPER", "a.ann:1: '\tPER 0 3\tAda' is no annotation"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert ANN.count(old)
    assert refusal(Brat(), corpus(tmp_path, ANN.replace(old, new, 1))).startswith(message)


def test_a_text_must_stand_beside_its_annotation(tmp_path: Path) -> None:
    path = put(tmp_path, "a.ann", "")
    assert refusal(Brat(), path) == "a.ann:1: has no a.txt beside it; put the text there"
    assert "a.ann: no such file" in refusal(Brat(), put(tmp_path / "b", "a.txt", "Ada"))
    path.with_suffix(".txt").write_bytes(b"a\n\xff")
    assert "a.txt:2: is not UTF-8" in refusal(Brat(), path)


NAMES = ANY_TEXT | st.sampled_from(["../x", "/x", "a//b/", ".", "", "%2F", "a/.."])


@given(marked=marked_texts(), id=NAMES, data=st.data())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    marked: tuple[str, list[tuple[int, int]]],
    id: str,
    data: st.DataObject,
) -> None:
    text, places = marked
    form, labels = Brat(), st.sampled_from(["A", "é-1"])
    document, found = form.words(text, [Mark(*place, "f:1") for place in places], id, "f:1")
    mentions = tuple({Span(*bounds, data.draw(labels)) for bounds in sorted(set(found.values()))})
    document = document.replace(
        mentions=mentions, **data.draw(among(mentions, ("relations", "clusters"), labels))
    )
    folder = tmp_path_factory.mktemp("f")
    form.write([document], folder / "corpus")
    assert all("corpus" in path.parts for path in folder.rglob("*"))
    (read,) = form.read(folder / "corpus")
    expected = {layer: getattr(document, layer) or None for layer in ("relations", "clusters")}
    assert read.replace(source="") == document.replace(source="", **expected)


@given(st.text() | st.text("./%\0a"))
def test_ids_are_paths_that_lead_nowhere_else(id: str) -> None:
    path = PurePosixPath(f"{escaped(id)}.txt")
    assert unescaped(escaped(id)) == id
    assert not path.is_absolute() and ".." not in path.parts and f"{path}" == f"{escaped(id)}.txt"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"mentions": (Span(0, 0, ""),)}, "the label '', which is empty or has spaces"),
        ({"mentions": (Span(0, 0, "A B"),)}, "the label 'A B'"),
        ({"clusters": (((1, 1),),)}, "a cluster with (1, 1), none of its mentions"),
        ({"relations": (Relation(Span(1, 1, "A"), Span(1, 1, "A"), "r"),)}, "an argument (1, 1, 'A')"),
        ({"entities": (Span(1, 1, "A"),)}, "entities"),
    ],
)
def test_what_it_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    document = Document("d", ("a", "b"), mentions=(Span(0, 0, "A"),)).replace(**changes)
    with pytest.raises(FormatError) as caught:
        Brat().write([document], tmp_path / "corpus")
    assert f"document 'd' has {what}" in str(caught.value)


def test_options_are_checked() -> None:
    with pytest.raises(
        ConfigurationError, match="^discontinuous: 'x' is unknown; choose from error, leave_out"
    ):
        Brat(discontinuous="x")
