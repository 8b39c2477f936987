"""Documents with all layers, on disk."""

from pathlib import Path

import pytest

from hmtl.documents import Document, Relation, Span
from hmtl.formats import Jsonl

ANN, BOB, SHIP = Span(0, 0, "PER"), Span(2, 2, "PER"), Span(4, 5, "VEH")


@pytest.fixture
def documents() -> list[Document]:
    first = Document(
        id="one",
        tokens=("Ann", "met", "Bob", ".", "The", "ship", "sank", "."),
        sentences=((0, 3), (4, 7)),
        entities=(ANN, BOB),
        mentions=(ANN, BOB, SHIP),
        relations=(Relation(ANN, BOB, "SOC"), Relation(ANN, SHIP, "OWN")),
        clusters=(((0, 0), (2, 2)),),
    )
    second = Document(id="two", tokens=("Rain", "fell"), entities=(), mentions=(), relations=(), clusters=())
    return [first, second]


@pytest.fixture
def path(documents: list[Document], tmp_path: Path) -> Path:
    Jsonl().write(documents, tmp_path / "data.jsonl")
    return tmp_path / "data.jsonl"
