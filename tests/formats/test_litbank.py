import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from strategies import CELL, crosses, documents

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Span
from hmtl.formats import FormatError, Litbank

TSV = """Sir\tB-PER\tB-PER\tO\tO\t
Walter\tO\tI-PER\tO\tO\t
of\tO\tI-PER\tO\tO\t
Hall\tB-FAC\tI-PER\tO\tO\t

was\tO\tO\tO\tO\t
"""
CONLL = "#begin document (x); part 0\nx\t0\t0\tSir" + "\t_" * 8 + "\t(0)\n\n#end document\n"


def archive(path: Path, **members: str) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(f"entities/tsv/{name}_brat.tsv")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def test_layers_are_nested_mentions(tmp_path: Path) -> None:
    path = put(tmp_path, "105_persuasion_brat.tsv", TSV)
    (document,) = Litbank().read(path)
    assert (document.id, document.source) == ("105_persuasion_brat", f"{path}:1")
    assert document.tokens == ("Sir", "Walter", "of", "Hall", "was") and document.sentences == (
        (0, 3),
        (4, 4),
    )
    assert document.mentions == (Span(0, 0, "PER"), Span(0, 3, "PER"), Span(3, 3, "FAC"))
    assert document.entities is None and document.clusters is None


def test_coreference_files_are_columns_of_conll2012(tmp_path: Path) -> None:
    (document,) = Litbank().read(put(tmp_path, "105_persuasion_brat.conll", CONLL))
    assert document.id == "105_persuasion_brat" and document.clusters == (((0, 0),),)
    assert document.mentions is None and document.entities is None


@pytest.mark.parametrize("packed", [True, False])
def test_a_split_names_its_documents_in_order(tmp_path: Path, packed: bool) -> None:
    if packed:
        source = archive(tmp_path / "entities_tsv.tar.gz", a=TSV, b=TSV, c=TSV)
    else:
        source = tmp_path / "corpus"
        for name in "abc":
            put(source, f"tsv/{name}_brat.tsv", TSV)
    split = put(tmp_path, "dev.ids", "c_brat.tsv\n\na_brat\n")
    assert [document.id for document in Litbank(archive=str(source)).read(split)] == ["c_brat", "a_brat"]
    assert [document.id for document in Litbank().read(source)] == ["a_brat", "b_brat", "c_brat"]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (
            "a_brat.tsv\nd_brat.tsv\n",
            "dev.ids:2: 'd_brat' is not in all.tar.gz; correct the list or the archive",
        ),
        ("a_brat.tsv\na_brat.conll\n", "dev.ids:2: names 'a_brat' a second time; remove the line"),
        ("\n", "dev.ids:1: names no documents; give one file name a line"),
    ],
)
def test_slips_in_a_split_are_named(tmp_path: Path, split: str, message: str) -> None:
    source = archive(tmp_path / "all.tar.gz", a=TSV)
    assert refusal(Litbank(archive=str(source)), put(tmp_path, "dev.ids", split)) == message


def test_both_layers_of_one_document_are_not_mixed(tmp_path: Path) -> None:
    put(tmp_path, "corpus/entities/a_brat.tsv", TSV)
    put(tmp_path, "corpus/coref/a_brat.conll", CONLL)
    split = put(tmp_path, "dev.ids", "a_brat\n")
    assert "several files of one document" in refusal(Litbank(archive=str(tmp_path / "corpus")), split)
    assert "document 'a_brat' was already read at" in refusal(Litbank(), tmp_path / "corpus")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "Walter\tO\tI-PER",
            "Walter\tO\tO",
            "f.tsv:3: tag I-PER goes on where no PER span is open, which BIO forbids; ",
        ),
        ("B-FAC\tI-PER", "B-FAC\tper", "f.tsv:4: 'per' in layer 2 is not a tag; "),
        (
            "B-PER\tB-PER\tO\tO\t\nWalter\tO",
            "B-PER\tB-PER\tB-PER\tO\t\nWalter\tO",
            "f.tsv:1: (0, 0, 'PER') in layer 3 crosses or repeats (0, 0, 'PER')",
        ),
        ("Hall\tB-FAC", "Hall\tO\tB-FAC", "f.tsv:4: has 6 columns; give 5 as line 1"),
        ("of\tO\tI-PER\tO\tO\t", "of O", "f.tsv:3: has 1 columns; give 5 as line 1, parted by tabs"),
        ("Sir\t", "\t", "f.tsv:1: has no word; "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert TSV.count(old)
    assert refusal(Litbank(), put(tmp_path, "f.tsv", TSV.replace(old, new, 1))).startswith(message)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    assert refusal(Litbank(), put(tmp_path, "f.tsv", "\n")).startswith("f.tsv:1: holds no documents")


@given(documents(("mentions",), tokens=CELL, within=True, conflict=crosses, missing=False))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "novel.tsv"
    assert there_and_back(Litbank(), [document], path) == [document.replace(id="novel")]


@given(
    documents(
        ("clusters",),
        tokens=CELL,
        ids=CELL.filter(lambda n: not set(n) & set("();/")),
        conflict=crosses,
        missing=False,
    )
)
def test_round_trip_of_coreference(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "novel.conll.gz"
    assert there_and_back(Litbank(), [document], path) == [document.replace(id="novel")]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"mentions": (Span(0, 1, "A"), Span(1, 2, "B"))}, "mentions that cross"),
        ({"clusters": (((0, 0),),)}, "clusters in a .tsv"),
        ({"entities": (Span(0, 0, "A"),)}, "entities"),
    ],
)
def test_what_the_columns_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    with pytest.raises(FormatError) as caught:
        Litbank().write([Document("d", tuple("abc"), **changes)], tmp_path / "f.tsv")
    assert f" has {what}" in str(caught.value)


def test_a_file_holds_one_document(tmp_path: Path) -> None:
    documents_ = [Document(name, ("a",), mentions=()) for name in "de"]
    with pytest.raises(FormatError, match="document 'e' has another document before it"):
        Litbank().write(documents_, tmp_path / "f.tsv")
