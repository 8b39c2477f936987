"""Reading goes on after a fault."""

import logging

import pytest

from checking.small import corpus
from hmtl.checking.corpus import read_corpus
from hmtl.formats import Ace, Conll2003, Format, Jsonl, Spert

ACE = """#begin document ({name}); part 000
0	Ada	(PER*)	{relation}-
1	sails	*	{other}-

#end document
"""


def ids(form: Format, path, faults: int = 0) -> list[str]:
    found = read_corpus(form, str(path), "test")
    assert len(found.faults) == faults and all("\n" not in fault for fault in found.faults), found.faults
    return [document.id for document in found.documents]


def test_what_is_whole_reads_as_ever(tmp_path):
    Jsonl().write(corpus()["train"], tmp_path / "a.jsonl")
    assert read_corpus(Jsonl(), str(tmp_path), "test").documents == list(Jsonl().read(tmp_path))


def test_files_after_a_broken_one(tmp_path):
    for name, listed in zip("ace", corpus().values(), strict=True):
        Jsonl().write(listed, tmp_path / f"{name}.jsonl")
    lines = (tmp_path / "c.jsonl").read_text().splitlines()
    (tmp_path / "c.jsonl").write_text(f"{lines[0]}\n{{broken\n{lines[1]}\n")
    (tmp_path / "b.jsonl").write_bytes(b'{"doc_key": "\xff"}\n')
    (tmp_path / "d.jsonl").write_text("")
    (tmp_path / "d.jsonl.gz").write_bytes(b"\x1f\x8bcut")
    found = read_corpus(Jsonl(), str(tmp_path), "test")
    assert [d.id for d in found.documents] == [
        *(f"train{n}" for n in range(6)),
        "validation0",
        "test0",
        "test1",
    ]
    assert [fault.split(":")[0].rpartition("/")[2] for fault in found.faults] == [
        "b.jsonl", "c.jsonl", "d.jsonl", "d.jsonl.gz"
    ]  # fmt: skip


def test_an_illegal_tag_has_its_line(tmp_path):
    (tmp_path / "a.conll").write_text("Ada B-PER\nsails O\n\nSue I-ORG\nAnn B-PER\n")
    (tmp_path / "b.conll").write_text("Ada B-PER\n")
    found = read_corpus(Conll2003(scheme="BIO"), str(tmp_path), "test")
    assert [document.id for document in found.documents] == ["b"]
    assert found.faults[0].startswith(f"{tmp_path}/a.conll:4: ")


def test_a_document_that_is_read_twice(tmp_path):
    for name in "ab":
        Jsonl().write(corpus()["test"], tmp_path / f"{name}.jsonl")
    assert ids(Jsonl(), tmp_path, faults=2) == ["test0", "test1"]


def test_layers_are_found_out_over_all_files(tmp_path):
    related = ACE.format(name="b", relation="(ARG1_R*)\t", other="(ARG2_R*)\t")
    (tmp_path / "a.like_conll").write_text(ACE.format(name="a", relation="", other=""))
    (tmp_path / "b.like_conll").write_text(related)
    (tmp_path / "c.like_conll").write_text("#begin document (c); part 000\nbroken\n")
    found = read_corpus(Ace(), str(tmp_path), "test")
    assert [len(document.relations) for document in found.documents] == [0, 1] and len(found.faults) == 1


@pytest.mark.parametrize("name", ["nothing.jsonl", "empty"])
def test_nothing_there(name, tmp_path):
    (tmp_path / "empty").mkdir()
    assert ids(Jsonl(), tmp_path / name, faults=1) == []


def test_what_is_said_is_kept_from_the_log(tmp_path, caplog):
    sentence = '{"tokens": ["Ada", "", "sails"], "entities": [], "relations": [], "orig_id": 1}'
    (tmp_path / "a.json").write_text(f"[{sentence}]")
    with caplog.at_level(logging.WARNING):
        found = read_corpus(Spert(), str(tmp_path), "test")
    assert found.said == [f"{tmp_path}: 1 empty words are left out"] and not caplog.records
    assert logging.getLogger("hmtl.formats").propagate and not logging.getLogger("hmtl.formats").handlers
