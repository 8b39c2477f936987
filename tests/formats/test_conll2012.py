from pathlib import Path

import pytest
from hypothesis import given
from strategies import CELL, LABEL, crosses, documents

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Span
from hmtl.formats import Conll2012, FormatError

# two predicates, hence two more columns; the second sentence has none
GOLD = """#begin document (bc/cctv/00/cctv_0001); part 000
bc/cctv/00/cctv_0001  0    0     In     IN  (TOP(S(PP*     -    -   -   Speaker#1       *   (ARGM*   *      -
bc/cctv/00/cctv_0001  0    1    New    NNP   (NP(NP*       -    -   -   Speaker#1   (FAC*       *    *   (4|(5
bc/cctv/00/cctv_0001  0    2   York    NNP          *      -    -   -   Speaker#1  (GPE)        *)   *      5)
bc/cctv/00/cctv_0001  0    3   Hall    NNP         *))   say   01   1   Speaker#1      *)      (V*)  *      4)

bc/cctv/00/cctv_0001  0    0     it     PRP   (TOP(NP*))   -    -   -   -    *   (4)
#end document
#begin document (bc/cctv/00/cctv_0001); part 001
bc/cctv/00/cctv_0001   1    0     /.      .   (TOP(NP*))    -    -   -   -    *   -
#end document
"""
HERE = "a/b   0    0   w   X   "


def section(*rows: str, name: str = "a/b") -> str:
    return "\n".join([f"#begin document ({name}); part 000", *rows, "", "#end document", ""])


def test_the_shared_tasks_own_layout(tmp_path: Path) -> None:
    path = put(tmp_path, "x.v4_gold_conll", GOLD)
    first, second = Conll2012().read(path)
    assert (first.id, first.source) == ("bc/cctv/00/cctv_0001; part 000", f"{path}:1")
    assert (second.id, second.source) == ("bc/cctv/00/cctv_0001; part 001", f"{path}:9")
    assert first.tokens == ("In", "New", "York", "Hall", "it") and second.tokens == ("/.",)
    assert first.sentences == ((0, 3), (4, 4)) and first.genre == "bc"
    assert first.entities == (Span(1, 3, "FAC"), Span(2, 2, "GPE"))
    assert first.clusters == (((1, 2),), ((1, 3), (4, 4)))
    assert first.speakers == ("Speaker#1",) * 4 + ("",) and second.speakers is None
    assert (second.entities, second.clusters) == ((), ())


def test_the_parse_column_may_be_missing(tmp_path: Path) -> None:
    lines = []
    for line in GOLD.splitlines():
        cells = line.split()
        lines.append(" ".join(cells[:5] + cells[6:]) if len(cells) > 5 else line)
    with_parse, without = (
        Conll2012().read(put(tmp_path, name, text)) for name, text in (("a", GOLD), ("b", "\n".join(lines)))
    )
    assert [d.replace(source="") for d in with_parse] == [d.replace(source="") for d in without]


def test_litbanks_fillers_mean_that_nobody_looked(tmp_path: Path) -> None:
    rows = (
        "n\t0\t0\tSir\t_\t_\t_\t_\t_\t_\t_\t_\t(0",
        "n\t0\t1\tWalter\t_\t_\t_\t_\t_\t_\t_\t_\t0)",
        "n\t0\t2\tspoke" + "\t_" * 8 + "\t",
    )
    (document,) = Conll2012().read(put(tmp_path, "n.conll", section(*rows, name="n")))
    assert document.entities is None and document.speakers is None and document.genre is None
    assert document.clusters == (((0, 1),),)


def test_the_new_testament_has_no_entities_wherever_the_config_points(tmp_path: Path) -> None:
    for name in ("pt/nt/40/nt_4001", "data/pt/nt_4001"):
        (document,) = Conll2012().read(
            put(tmp_path, "nt.gold_conll", section(HERE + "* - - - - * (1)", name=name))
        )
        assert document.entities is None and document.clusters == (((0, 0),),)
    (document,) = Conll2012().read(
        put(tmp_path / "pt", "x.gold_conll", section(HERE + "* - - - - * (1)", name="nw/ptb"))
    )
    assert document.entities == ()


def test_clusters_that_share_a_span_are_one(tmp_path: Path) -> None:
    rows = [HERE + f"* - - - - * {cell}" for cell in ("(1)|(2)", "(2)", "(1)|(3)", "(3)|(3)", "(4)")]
    (document,) = Conll2012().read(put(tmp_path, "f.conll", section(*rows)))
    assert document.clusters == (((0, 0), (1, 1), (2, 2), (3, 3)), ((4, 4),))


def test_a_directory_is_walked_and_gold_goes_before_auto(tmp_path: Path) -> None:
    for name in ("b/x.v4_auto_conll", "b/x.v4_gold_conll", "a/y.v4_auto_conll", "c/z.conll", "c/notes.txt"):
        put(tmp_path, name, section(HERE + "* - - - - * -", name=name))
    names = [document.id.removesuffix("; part 000") for document in Conll2012().read(tmp_path)]
    assert names == ["a/y.v4_auto_conll", "b/x.v4_gold_conll", "c/z.conll"]
    (document,) = Conll2012().read(tmp_path / "b/x.v4_auto_conll")
    assert document.id == "b/x.v4_auto_conll; part 000"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(GPE)", "GPE", "f.conll:4: 'GPE' is not a bracket cell"),
        ("(FAC*", "*", "f.conll:5: '*)' closes a bracket that was not opened"),
        ("*)      (V*)", "*      (V*)", "f.conll:3: '(FAC' is not closed"),
        ("     5)", "     -", "f.conll:3: '(5' is not closed"),
        ("(4|(5", "-", "f.conll:4: '5)' closes a span that was not opened"),
        ("    *   (4)", "    *   4", "f.conll:7: '4' is not a coreference cell"),
        ("    *   (4)", "", "f.conll:7: has 10 columns; give at least 11"),
        ("*)      (V*)  *      4)", "*)   4)", "f.conll:5: has 12 columns; give 14 as line 2"),
        (
            "part 001",
            "part 000",
            "f.conll:9: document 'bc/cctv/00/cctv_0001; part 000' was already read at f.conll:1;",
        ),
        ("#end document\n#begin", "#begin", "f.conll:8: begins a document inside"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert GOLD.count(old)
    assert refusal(Conll2012(), put(tmp_path, "f.conll", GOLD.replace(old, new, 1))).startswith(message)


def test_a_column_that_is_half_filled_is_no_entity_column(tmp_path: Path) -> None:
    path = put(tmp_path, "f.conll", section(HERE + "* - - - - (A) -", HERE + "* - - - - - -"))
    assert refusal(Conll2012(), path).startswith("f.conll:3: '-' is not a bracket cell")


@given(
    documents(
        ("entities", "clusters"),
        tokens=CELL,
        labels=LABEL,
        ids=CELL.filter(lambda name: not set(name) & set("();/")),
        within=True,
        conflict=lambda a, b: crosses(a, b),
    )
)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    speakers = tuple(f"s{i % 2}" for i in range(len(document.tokens)))
    documents_ = [
        document.replace(id=f"nw/{document.id}; part 001", genre="nw", speakers=speakers),
        document,
    ]
    path = tmp_path_factory.mktemp("f") / "f.gold_conll"
    assert there_and_back(Conll2012(), documents_, path) == documents_


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"entities": (Span(0, 1, "A"), Span(1, 2, "B"))},
            "crossing spans, or a label with a bracket or none",
        ),
        ({"entities": (Span(0, 1, "A(B"),)}, "crossing spans, or a label with a bracket or none"),
        ({"entities": (Span(2, 3, "A"),)}, "entities that cross sentences"),
        ({"clusters": (((0, 2), (1, 3)),)}, "spans in one cluster that cross or meet"),
        ({"clusters": (((0, 1), (1, 2)),)}, "spans in one cluster that cross or meet"),
        ({"mentions": (Span(0, 0, "A"),)}, "mentions"),
        ({"id": "a\nb"}, "an id with a line break"),
        ({"speakers": ("a\tb",) * 4}, "an empty, broken or tabbed cell"),
    ],
)
def test_what_the_columns_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    document = Document(**{"id": "d", "tokens": tuple("abcd"), "sentences": ((0, 2), (3, 3))} | changes)
    with pytest.raises(FormatError) as caught:
        Conll2012().write([document], tmp_path / "f")
    assert f" has {what}" in str(caught.value) and "\n" not in str(caught.value)
