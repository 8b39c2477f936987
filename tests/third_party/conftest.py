"""Fixtures of the patched AllenNLP's tests: a tiny tagger, trained once, and archives made hostile."""

import json
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

# The build back end is no installed package: it lives where pip finds it.
sys.path.insert(0, str(Path(__file__).parents[2] / "third_party" / "allennlp"))

SENTENCES = """\
The###D cat###N sat###V
A###D dog###N ran###V
The###D bird###N flew###V far###R
A###D fish###N swam###V
"""


@pytest.fixture(scope="session")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tagged sentences in the format of AllenNLP's `sequence_tagging` reader."""
    path = tmp_path_factory.mktemp("sentences") / "tagged.tsv"
    path.write_text(SENTENCES)
    return path


@pytest.fixture
def tagger(sentences: Path) -> dict[str, Any]:
    """The config of a tagger that trains in a moment."""
    return tagger_config(sentences)


def tagger_config(sentences: Path) -> dict[str, Any]:
    embedder = {"token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 5}}}
    encoder = {"type": "lstm", "input_size": 5, "hidden_size": 7}
    return {
        "dataset_reader": {"type": "sequence_tagging"},
        "train_data_path": str(sentences),
        "validation_data_path": str(sentences),
        "model": {"type": "simple_tagger", "text_field_embedder": embedder, "encoder": encoder},
        "data_loader": {"batch_size": 2},
        "trainer": {"num_epochs": 2, "optimizer": {"type": "sgd", "lr": 0.1}},
    }


@pytest.fixture(scope="session")
def run(sentences: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The serialization directory of one finished training; tests only read it."""
    directory = tmp_path_factory.mktemp("run") / "tagger"
    train_model(Params(tagger_config(sentences)), serialization_dir=str(directory))
    return directory


Rewrite = Callable[[Callable[[dict[str, Any]], Any]], Path]


@pytest.fixture
def rewritten(run: Path, tmp_path: Path) -> Rewrite:
    """Makes an archive whose config.json is what the given function returns: an object, or its text."""

    def rewrite(change: Callable[[dict[str, Any]], Any]) -> Path:
        changed = change(json.loads((run / "config.json").read_text()))
        config = tmp_path / "config.json"
        config.write_text(changed if isinstance(changed, str) else json.dumps(changed))
        archive = tmp_path / "hostile.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(config, "config.json")
            tar.add(run / "best.th", "weights.th")
            tar.add(run / "vocabulary", "vocabulary")
        return archive

    return rewrite
