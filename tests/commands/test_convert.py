import json
import sys
from pathlib import Path

import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Relation, Span
from hmtl.formats import Brat, Conll2003, DocumentLines, Jsonl, Spert

ADA, BOAT, HER = Span(0, 1, "PER"), Span(3, 4, "VEH"), Span(3, 3, "PER")
DOCUMENT = Document(
    "letters/1",
    ("Ada", "Merrow", "sold", "her", "boat", ".", "She", "left"),
    ((0, 5), (6, 7)),
    entities=(ADA,),
    mentions=(ADA, HER, BOAT, Span(6, 6, "PER")),
    relations=(Relation(HER, BOAT, "ART"),),
    clusters=(((0, 1), (3, 3), (6, 6)),),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    Jsonl().write([DOCUMENT, DOCUMENT.replace(id="letters/2")], path)
    return path


@pytest.fixture
def convert(monkeypatch, capsys):
    """What `allennlp convert` prints with these arguments."""

    def run(*arguments: str | Path) -> str:
        monkeypatch.setattr(sys, "argv", ["allennlp", "convert", *map(str, arguments)])
        main(prog="allennlp")
        return capsys.readouterr().out

    return run


def refusal(convert, *arguments: str | Path) -> str:
    with pytest.raises(ConfigurationError) as error:
        convert(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_format_that_holds_everything_loses_nothing(convert, source, tmp_path):
    target = tmp_path / "out.jsonl.gz"
    said = convert(source, target, "--to", "document")
    assert said == (
        f"{source} (jsonl) -> {target} (document): 2 documents, 4 sentences, 16 words, 2 entities, "
        "8 mentions, 2 relations, 2 clusters, 6 clustered spans\n"
    )
    written = [document.replace(source="") for document in DocumentLines().read(target)]
    assert written == [DOCUMENT, DOCUMENT.replace(id="letters/2")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl.gz"]


def test_what_the_format_cannot_hold_is_refused_by_name(convert, source, tmp_path):
    target = tmp_path / "out.conll"
    message = refusal(convert, source, target, "--to", "conll2003")
    assert message.startswith(f"{source}:1: document 'letters/1' has mentions, which conll2003 cannot hold; ")
    assert not target.exists() and list(tmp_path.iterdir()) == [source]


def test_or_left_out_and_counted(convert, source, tmp_path):
    target = tmp_path / "out.conll"
    said = convert(source, target, "--to", "conll2003", "--lossy", "-o", '{"to": {"scheme": "BIOUL"}}')
    assert said.split("\n")[1:-1] == [
        "left out: 8 of 8 mentions",
        "left out: 2 of 2 relations",
        "left out: 2 of 2 clusters",
        "left out: 6 of 6 clustered spans",
    ]
    assert [d.entities for d in Conll2003(scheme="BIOUL").read(target)] == [(ADA,), (ADA,)]


def test_a_folder_is_written_and_read(convert, source, tmp_path):
    folder, target = tmp_path / "brat", tmp_path / "back.jsonl"
    convert(source, folder, "--to", "brat", "--lossy")
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")) == [
        f"letters/{name}" for name in ("1.ann", "1.txt", "2.ann", "2.txt")
    ]
    convert(folder, target, "--to", "jsonl")
    assert [d.clusters for d in Jsonl().read(target)] == [DOCUMENT.clusters] * 2
    assert "is a folder that is there; remove it yourself" in refusal(
        convert, target, folder, "--to", "brat", "--force"
    )


def test_annotation_that_only_reading_back_shows_lost_is_refused(convert, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.json"
    again = Relation(Span(0, 0, "A"), Span(1, 1, "A"), "r")
    mentions = tuple(Span(i, i, "A") for i in range(3))
    relations = (again, Relation(Span(2, 2, "A"), Span(1, 1, "A"), "r"))
    document = Document(
        "d", tuple("abc"), mentions=mentions, relations=relations, clusters=(((0, 0), (2, 2)),)
    )
    DocumentLines().write([document], source)
    message = refusal(convert, source, target, "--to", "docred")
    assert (
        message == "out.json: docred loses 1 of 2 relations; write another format, or allow it with --lossy"
    )
    assert not target.exists()
    assert "left out: 1 of 2 relations" in convert(source, target, "--to", "docred", "--lossy")


def test_nothing_is_overwritten_unasked(convert, source, tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("mine")
    assert refusal(convert, source, target, "--to", "document").startswith(
        f"{target}: is there; name a new file"
    )
    assert target.read_text() == "mine"
    convert(source, target, "--to", "document", "--force")
    assert len(list(DocumentLines().read(target))) == 2
    # nor the second of two files that one document needs
    single, other = tmp_path / "a.ann", tmp_path / "a.txt"
    other.write_text("mine")
    Jsonl().write([DOCUMENT.replace(entities=None)], source)
    assert f"{other}: is there" in refusal(convert, source, single, "--to", "brat")
    assert other.read_text() == "mine" and not single.exists()
    convert(source, single, "--to", "brat", "--force")
    assert [d.id for d in Brat().read(single)] == ["a"]


def test_a_fault_in_the_input_leaves_the_output_alone(convert, source, tmp_path):
    target = tmp_path / "out.jsonl"
    with source.open("a") as file:
        file.write('{"doc_key": 3}\n')
    assert f"{source}:3: " in refusal(convert, source, target, "--to", "document")
    assert list(tmp_path.iterdir()) == [source]


def test_the_source_may_be_named_with_options(convert, tmp_path):
    source, target = tmp_path / "in.json", tmp_path / "out.jsonl"
    Spert().write([Document("7", ("a",), entities=(Span(0, 0, "A"),))], source)
    options = json.dumps({"from": {"layer": "mentions"}})
    convert(source, target, "--from", "spert", "--to", "document", "--overrides", options)
    (document,) = DocumentLines().read(target)
    assert document.mentions == (Span(0, 0, "A"),) and document.entities is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "conll2004"], "conll2004"),
        (["--to", "spert", "-o", "[]"], "--overrides: the JSON is a list; give an object"),
        (["--to", "spert", "-o", '{"out": {}}'], "--overrides: the JSON has the key 'out'; write"),
        (["--to", "spert", "-o", '{"to": 3}'], "--overrides: 'to' is an integer; give an object"),
        (["--to", "spert", "-o", '{"to": {"layr": "x"}}'], "layr"),
        (["--to", "spert", "-o", '{"to": {"layer": "x"}}'], "layer: 'x' holds no typed spans"),
    ],
)
def test_slips_in_the_arguments_are_named(convert, source, tmp_path, arguments, message):
    assert message in refusal(convert, source, tmp_path / "out.json", *arguments)


def test_places_that_are_none_are_named(convert, source, tmp_path):
    assert "no such folder; make it" in refusal(
        convert, source, tmp_path / "no" / "x.json", "--to", "document"
    )
    assert "no such file" in refusal(convert, tmp_path / "none", tmp_path / "x.json", "--to", "document")
