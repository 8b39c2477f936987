"""What is derived equals what was derived by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hmtl.corpora.checksums import digest
from hmtl.corpora.recipes import RECIPES
from hmtl.formats import Ace

SPLITS_MD = """# Splits

## dev

  * GUM_bio_byron
  * GUM_fiction_beast
  * GUM_voyage_athens

## test2

  * GENTLE_bio_x

## train

  * GUM_news_nasa
"""


def test_fire_in_columns(tmp_path: Path) -> None:
    sentence = {
        "tokens": ["Shares", " ", "of", "Acme", "fell", ""],
        "entities": [
            {"type": "Long", "start": 0, "end": 4},
            {"type": "Short", "start": 0, "end": 1},
            {"type": "Company", "start": 3, "end": 4},
        ],
        "relations": [
            {"type": "of", "head": 1, "tail": 2},
            {"type": "self", "head": 2, "tail": 2},
            {"type": "all", "head": 2, "tail": 0},
        ],
    }
    source, target = tmp_path / "fire_dev.json", tmp_path / "dev" / "fire_v0.like_conll.gz"
    source.write_text(json.dumps([sentence]))
    target.parent.mkdir()
    RECIPES["fire_as_ace"](source, target)
    [document] = Ace(annotated=["mentions", "relations"]).read(target)
    assert document.id == "fire/dev/0000; part 000"
    assert document.tokens == ("Shares", "_", "of", "Acme", "fell", "_")
    assert {tuple(span) for span in document.mentions or ()} == {(0, 0, "Short"), (3, 3, "Company")}
    # the argument that overlaps keeps its place and loses its type
    assert {(*head, *tail, label) for head, tail, label in document.relations or ()} == {
        (0, 0, "Short", 3, 3, "Company", "of"),
        (3, 3, "Company", 0, 3, "", "all"),
    }


@pytest.mark.parametrize(
    ("split", "names"), [("dev", ["GUM_bio_byron", "GUM_voyage_athens"]), ("train", ["GUM_news_nasa"])]
)
def test_the_open_genres_of_gum(tmp_path: Path, split: str, names: list[str]) -> None:
    (tmp_path / "splits.md").write_text(SPLITS_MD)
    RECIPES["gum_split"](tmp_path / "splits.md", tmp_path / f"{split}.ids")
    assert (tmp_path / f"{split}.ids").read_text().splitlines() == names


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_the_copy_that_results_were_measured_on(data_root: Path, tmp_path: Path, split: str) -> None:
    copies = {
        "fire_as_ace": (
            f"fire_v0/fire_{split}.json.gz",
            f"derived/ace-format/fire_v0/{split}/fire_v0.like_conll.gz",
        ),
        "gum_split": ("gum_open/splits.md", f"gum_open/splits/{split}.ids"),
    }
    for recipe, (source, copy) in copies.items():
        target = tmp_path / split / Path(copy).name
        target.parent.mkdir(exist_ok=True)
        RECIPES[recipe](data_root / source, target)
        assert digest(target, 1 << 24) == digest(data_root / copy, 1 << 24)
