"""The usual split of ACE 2005: its lists, and a config that names them."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SIZES = {"train": 351, "dev": 80, "test": 80}
# broadcast news, newswire, weblogs, broadcast conversations; neither telephone talks nor Usenet
GENRES = {
    "bn": r"CNN(HL)?_ENG_\d{8}_\d{6}\.\d+",
    "nw": r"(AFP|APW|NYT|XIN)_ENG_\d{8}\.\d{4}",
    "bc": r"CNN_(CF|IP|LE)_\d{8}\.\d{4}\.\d{2}(-\d)?",
    "wl": r"(?!CNN)[A-Z]+_\d{8}\.\d{4}(\.\d+)?",
}

Evaluate = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def lists(project_root: Path) -> dict[str, list[str]]:
    folder = project_root / "configs" / "splits" / "ace2005"
    return {split: (folder / f"{split}.txt").read_text().splitlines() for split in SIZES}


def test_sizes(lists: dict[str, list[str]]) -> None:
    assert {split: len(names) for split, names in lists.items()} == SIZES


def test_no_document_is_listed_twice(lists: dict[str, list[str]]) -> None:
    assert len({name for names in lists.values() for name in names}) == sum(SIZES.values())


def test_all_documents_of_four_genres_are_there(lists: dict[str, list[str]]) -> None:
    """As many as LDC's catalogue says (LDC2006T06, English); of telephone talks and Usenet there are none."""

    def genre(name: str) -> str:
        (found,) = (genre for genre, pattern in GENRES.items() if re.fullmatch(pattern, name))
        return found

    counts = Counter(genre(name) for names in lists.values() for name in names)
    assert counts == {"bn": 226, "nw": 106, "bc": 60, "wl": 119}


def test_a_config_that_names_the_corpus_reads_the_lists(evaluate: Evaluate) -> None:
    config = evaluate("""hmtl.experiment {
      tasks: [hmtl.emd { data: hmtl.ace2005(hmtl.data_root + '/ace2005', { span: 'extent' }) }],
    }""")
    assert config["dataset_reader"]["readers"]["emd"]["format"] == {
        "type": "ace2005",
        "corpus": "$HMTL_DATA/ace2005",
        "span": "extent",
    }
    named = (config["train_data_path"], config["validation_data_path"], config["test_data_path"])
    sizes = [len(Path(path["emd"]).read_text().splitlines()) for path in named]
    assert sizes == list(SIZES.values())
