from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from strategies import CELL, crosses, documents

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Ace, FormatError

TEXT = """#begin document (bn/a); part 000
0\tMy\t(PER*)\t*\t(ARG1_PER-SOC*)\t(0)
1\tbrother\t(PER*)\t(ARG1_PHYS*)\t(ARG2_PER-SOC*)\t(1)
2\tleft\t*\t*\t*\t-
3\tNew\t(GPE*\t(ARG2_PHYS*\t*\t-
4\tYork\t*)\t*)\t*\t-

0\tHe\t(PER*)\t(1)
1\tdied\t*\t-

#end document
#begin document (bn/b); part 000
0\tRain\t*\t-

#end document
"""


def without(text: str, *cells: str) -> str:
    for cell in cells:
        text = text.replace(cell, "-")
    return text


def test_the_originals_own_layout(tmp_path: Path) -> None:
    path = put(tmp_path, "x.like_conll", TEXT)
    first, second = Ace().read(path)
    assert (first.id, first.source, second.source) == ("bn/a; part 000", f"{path}:1", f"{path}:12")
    my, brother, york = Span(0, 0, "PER"), Span(1, 1, "PER"), Span(3, 4, "GPE")
    assert first.mentions == (my, brother, york, Span(5, 5, "PER"))
    assert first.relations == (Relation(my, brother, "PER-SOC"), Relation(brother, york, "PHYS"))
    assert first.clusters == (((0, 0),), ((1, 1), (5, 5)))
    assert first.entities is None and first.genre == "bn" and first.sentences == ((0, 4), (5, 6))
    assert (second.mentions, second.relations, second.clusters) == ((), (), ())


def test_a_layer_that_no_document_shows_was_not_annotated(tmp_path: Path) -> None:
    no_clusters = without(TEXT, "(0)", "(1)")
    assert [d.clusters for d in Ace().read(put(tmp_path, "f.like_conll", no_clusters))] == [None, None]
    rain = TEXT[TEXT.index("#begin document (bn/b)") :]
    path = put(tmp_path, "g.like_conll", rain)
    assert [(d.mentions, d.relations, d.clusters) for d in Ace().read(path)] == [((), None, None)]
    asked = Ace(annotated=["relations", "mentions"])
    assert [(d.mentions, d.relations, d.clusters) for d in asked.read(path)] == [((), (), None)]


def test_one_file_of_a_directory_speaks_for_all(tmp_path: Path) -> None:
    head, tail = TEXT.split("#end document\n", 1)
    put(tmp_path, "1/rain.like_conll", tail)
    put(tmp_path, "2/rest.like_conll", f"{head}#end document\n")
    assert [d.relations is None or d.clusters is None for d in Ace().read(tmp_path)] == [False, False]


def test_an_argument_that_is_no_mention_has_no_type(tmp_path: Path) -> None:
    first, _ = Ace().read(
        put(tmp_path, "f.like_conll", TEXT.replace("(GPE*", "*").replace("*)\t*)", "*\t*)"))
    )
    assert [relation.tail for relation in first.relations or ()] == [Span(1, 1, "PER"), Span(3, 4, "")]


def test_a_relation_with_two_columns_is_read_once(tmp_path: Path) -> None:
    twice = "\n".join(
        "\t".join([*(c := row.split("\t"))[:-1], c[3], c[-1]]) if row.count("\t") == 5 else row
        for row in TEXT.split("\n")
    )
    first, _ = Ace().read(put(tmp_path, "f.like_conll", twice))
    assert [relation.label for relation in first.relations or ()] == ["PER-SOC", "PHYS"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "(ARG2_PHYS*\t*\t-\n4\tYork\t*)\t*)",
            "*\t*\t-\n4\tYork\t*)\t*",
            "f:3: relation column 3 holds ARG1_PHYS; give one ARG1_",
        ),
        ("(ARG2_PHYS*", "(ARG2_ART*", "f:3: relation column 3 holds ARG1_PHYS, ARG2_ART; give one ARG1_"),
        ("(ARG1_PHYS*)", "(PHYS*)", "f:5: relation column 3 holds ARG2_PHYS, PHYS; give one ARG1_"),
        ("\t*)\t*)", "\t*\t*)", "f:5: '(GPE' is not closed; "),
        ("4\tYork\t*)\t*)\t*\t-", "4\tYork\t*)\t*\t-", "f:6: has 5 columns; give 6 as line 2"),
        ("0\tHe\t(PER*)\t(1)", "0\tHe\t(PER*)\t(1", "f:8: '(1' is not closed; "),
        ("0\tHe\t(PER*)\t(1)", "0\tHe\t(1)", "f:8: has 3 columns; give at least 4"),
        ("(bn/b)", "(bn/a)", "f:12: document 'bn/a; part 000' was already read at f:1; "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TEXT.count(old)
    assert refusal(Ace(), put(tmp_path, "f", TEXT.replace(old, new, 1))).startswith(message)


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(
        ConfigurationError,
        match="annotated: 'entities' is no layer of ace; choose from clusters, mentions, relations",
    ):
        Ace(annotated=["entities"])


LAYERS = ("mentions", "relations", "clusters")


@given(
    documents(
        LAYERS,
        tokens=CELL,
        ids=CELL.filter(lambda n: not set(n) & set("();/")),
        within=True,
        conflict=crosses,
    )
)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    annotated = [layer for layer in LAYERS if getattr(document, layer) is not None or layer == "mentions"]
    path = tmp_path_factory.mktemp("f") / "f.like_conll"
    pair = [document, document.replace(id=f"bn/{document.id}; part 1", genre="bn")]
    assert there_and_back(Ace(annotated), pair, path) == pair
    if document.relations and document.clusters:
        assert [d.replace(source="") for d in Ace().read(path)] == pair


PERSON, RELATION = Span(0, 0, "PER"), Relation(Span(0, 0, "PER"), Span(1, 1), "R")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"mentions": (Span(0, 1, "A"), Span(1, 2, "B"))}, "crossing spans"),
        ({"mentions": (Span(2, 3, "A"),)}, "mentions that cross sentences"),
        ({"relations": (RELATION,)}, r"an argument (0, 0, 'PER') that is no such mention"),
        (
            {"relations": (Relation(Span(0, 0), Span(3, 3), "R"),)},
            "a relation across sentences or without a type",
        ),
        (
            {"relations": (Relation(Span(0, 0), Span(1, 1), ""),)},
            "a relation across sentences or without a type",
        ),
        ({"relations": (Relation(Span(0, 1), Span(1, 2), "R"),)}, "crossing spans"),
        ({"clusters": (((0, 2), (1, 3)),)}, "spans in one cluster that cross or meet"),
        ({"entities": (PERSON,)}, "entities"),
    ],
)
def test_what_the_columns_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    document = Document("d", tuple("abcd"), ((0, 2), (3, 3)), **changes)
    with pytest.raises(FormatError) as caught:
        Ace().write([document], tmp_path / "f")
    assert f" has {what}" in str(caught.value) and "which ace cannot hold" in str(caught.value)


def test_a_file_is_annotated_throughout_or_not_at_all(tmp_path: Path) -> None:
    documents_ = [Document("d", ("a",), clusters=()), Document("e", ("a",))]
    with pytest.raises(FormatError, match="document 'e' has clusters annotated, or not, unlike 'd'"):
        Ace().write(documents_, tmp_path / "f")
