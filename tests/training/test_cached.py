"""Runs on corpora that are read from the cache."""

import copy
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from small_run import config_of, newest, same

from hmtl.training import checkpoints


def train(config: dict[str, Any], directory: Path) -> dict[str, Any]:
    """All that a run leaves behind that could differ."""
    train_model(Params(copy.deepcopy(config)), directory)
    texts = {path.name: path.read_text() for path in directory.glob("metrics*.json")}
    weights = {path.name: checkpoints.load(path) for path in [newest(directory), *directory.glob("best*.th")]}
    assert len(texts) > 1 and len(weights) > 2
    return texts | weights


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_run_from_the_cache_equals_one_in_memory(
    small_corpus: Path, tmp_path: Path, in_memory: bool
) -> None:
    config = config_of(small_corpus, "ner emd relation coref", accumulate=2)
    cache = {"cache": str(tmp_path / "cache"), "in_memory": in_memory}
    cached = config | {"data_loader": config["data_loader"] | cache}
    plain = train(config, tmp_path / "plain")
    for number in range(2):
        assert same(train(cached, tmp_path / str(number)), plain)
    assert len(list((tmp_path / "cache").glob("*/about.json"))) == 8
