"""Which files decide what a format reads."""

from pathlib import Path

import pytest

from formats.helpers import put
from hmtl.formats import Ace2005, Brat, Format, Jsonl, Litbank


@pytest.mark.parametrize(
    ("form", "path", "inputs"),
    [
        (Jsonl(), "a.jsonl", ["a.jsonl"]),
        (Jsonl(), "folder", ["folder"]),
        (Brat(), "folder", ["folder"]),
        (Brat(), "a.txt", ["a.ann", "a.txt"]),
        (Brat(), "a.ann", ["a.ann", "a.txt"]),
        (Ace2005(), "folder", ["folder"]),
        (Ace2005(), "a.apf.xml", ["a.apf.xml", "a.sgm"]),
        (Ace2005(), "a.sgm", ["a.apf.xml", "a.sgm"]),
        (Litbank(), "a.tsv", ["a.tsv"]),
    ],
)
def test_files_that_belong_together(tmp_path: Path, form: Format, path: str, inputs: list[str]) -> None:
    put(tmp_path, "folder/a.jsonl", "{}")
    assert sorted(form.inputs(tmp_path / path)) == [tmp_path / name for name in inputs]


@pytest.mark.parametrize("kind", ["archive", "corpus"])
def test_what_a_split_chooses_from(tmp_path: Path, kind: str) -> None:
    whole, split = tmp_path / "whole", tmp_path / "train.ids"
    form = Litbank(archive=str(whole)) if kind == "archive" else Ace2005(corpus=str(whole))
    assert form.inputs(split) == [split, whole]
