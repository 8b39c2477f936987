from pathlib import Path

import pytest
from hypothesis import given
from strategies import CELL, documents, overlaps

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Span
from hmtl.formats import Conll2003, Wnut
from hmtl.formats.tags import encode

TEXT = "Stuffed\tO\n@Crust\tB-corporation\nPizza\tI-corporation\n\t\n#\tO\nthe\tB-creative-work\n"
MIXED = "Lil\tB-person\nSly-\tI-person\nTurn\tI-creative-work\nUp\tI-creative-work\n"


def test_a_type_that_changes_begins_a_span(tmp_path: Path) -> None:
    (document,) = Wnut().read(put(tmp_path, "emerging.test.annotated", TEXT))
    assert document.sentences == ((0, 2), (3, 4)) and document.id == "emerging.test"
    assert document.entities == (Span(1, 2, "corporation"), Span(4, 4, "creative-work"))
    path = put(tmp_path, "dev.conll", MIXED)
    (document,) = Wnut().read(path)
    assert document.entities == (Span(0, 1, "person"), Span(2, 3, "creative-work"))
    # which conll2003 refuses, for it may be a slip
    assert refusal(Conll2003(), path).startswith("dev.conll:3: tag I-creative-work goes on where no")


@given(document=documents(("entities",), tokens=CELL, within=True, conflict=overlaps, missing=False))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.conll"
    assert there_and_back(Wnut(), [document], path) == [document.replace(id="f")]
    # BIO is what others read
    (again,) = Conll2003(scheme="BIO", tag_column=1).read(path)
    assert again.entities == document.entities
    tags = [tag for s, e in document.sentences for tag in encode(
        [Span(a - s, b - s, t) for a, b, t in document.entities or () if s <= a <= e], e - s + 1
    )]  # fmt: skip
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[2:] if line]
    assert [row[1] for row in rows] == tags
