from pathlib import Path

import pytest

from formats.helpers import put
from formats.test_ace import TEXT as ACE
from formats.test_conll2003 import IOB1
from formats.test_conll2012 import GOLD
from formats.test_conllu import GUM
from formats.test_crossre import TEXT as CROSSRE
from formats.test_dfki import TEXT as DFKI
from formats.test_docred import TEXT as DOCRED
from formats.test_jsonl import SCIERC
from formats.test_litbank import CONLL, TSV, archive
from formats.test_spans import TEXT as SPANS
from formats.test_spert import TEXT as SPERT
from formats.test_uner import TEXT as UNER
from formats.test_wnut import TEXT as WNUT
from hmtl.documents import Document
from hmtl.formats import Format, FormatError, sniff

BY_NAME = {"ace2005", "brat", "spacy", "wnut"}
"""Formats that `Format.claims` tells, which their own tests show, and `wnut`, which looks like conll2003."""
SAMPLES = {
    "ace": [ACE],
    "conll2003": [IOB1, WNUT, "Ada\tB-PER\nsaid\tO\n", "# newdoc\n# text = 1 x\n1 CD O\nx NN O\n"],
    "conll2012": [GOLD, CONLL],
    "conllu": [GUM],
    "crossre": [CROSSRE],
    "dfki": [DFKI, '{"id": "b", "text": {"string": "x"}, "sentences": null, "conceptMentions": null}'],
    "docred": [DOCRED],
    "document": ['{"id": "a", "text": "b", "tokens": ["b"], "offsets": [[0, 1]], "sentences": [[0, 0]]}\n'],
    "jsonl": ["\n" + str(SCIERC).replace("'", '"')],
    "litbank": [TSV],
    "spans": [SPANS, '[{"text": "b", "entities": []}]'],
    "spert": [SPERT, '[\n {\n  "tokens": ["b"],\n  "entities": [],\n  "relations": []\n }\n]\n'],
    "uner": [UNER, "1\tAda\tB-PER\n2\tsaid\tO\n"],
}


def test_every_format_has_a_sample() -> None:
    assert SAMPLES.keys() | BY_NAME == {*Format.list_available()} and SAMPLES.keys().isdisjoint(BY_NAME)


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in SAMPLES.items() for text in texts]
)
def test_a_sample_is_recognised_and_can_be_read(tmp_path: Path, name: str, text: str) -> None:
    path = put(tmp_path, "sample", text)
    assert sniff(path).name == name
    assert [type(document) for document in sniff(path).read(path)][0] is Document


@pytest.mark.parametrize(
    "text", ["", "\n", "Ada met Bo.\nThey left.\n", '{"text": "Ada"}\n', "id\tname\n1\tAda\n"]
)
def test_other_texts_are_refused_with_the_candidates(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "sample.txt", text)
    with pytest.raises(FormatError) as caught:
        sniff(path)
    names = ", ".join(Format.list_available())
    assert str(caught.value) == f"{path}:1: looks like none of the formats; name the format, one of {names}"


def test_archives_and_directories(tmp_path: Path) -> None:
    assert sniff(archive(tmp_path / "a.tar.gz", a=TSV)).name == "litbank"
    put(tmp_path, "corpus/b.like_conll", ACE)
    put(tmp_path, "corpus/readme.md", "x")
    assert sniff(tmp_path / "corpus").name == "ace"
