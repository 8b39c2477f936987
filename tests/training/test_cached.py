"""Runs on corpora that are read from the cache."""

import copy
import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from small_run import build, config_of, newest, same

from hmtl.data_loader import MultiTaskLoader
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


def test_a_run_with_workers_equals_one_without_also_when_it_was_stopped(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other workers go on where the first were stopped, in the middle of an epoch; none is left."""
    config = config_of(small_corpus, "ner emd relation coref", accumulate=2)

    def helped(workers: int) -> dict[str, Any]:
        cache = {"cache": str(tmp_path / "cache"), "workers": workers}
        return config | {"data_loader": config["data_loader"] | cache}

    def children() -> set[str]:
        return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())

    before, plain = children(), train(helped(0), tmp_path / "plain")
    assert same(train(helped(2), tmp_path / "whole"), plain)
    assert children() == before

    stopped = build(helped(1), tmp_path / "stopped")
    made, tensors = itertools.count(), MultiTaskLoader.tensors

    def stopping(loader: MultiTaskLoader, *batch: Any) -> Any:
        if next(made) == 5:
            stopped.trainer.interrupts.noted = 2
        return tensors(loader, *batch)

    with monkeypatch.context() as patched:
        patched.setattr(MultiTaskLoader, "tensors", stopping)
        with pytest.raises(KeyboardInterrupt):
            stopped.run()
    assert children() == before and 0 < stopped.trainer.progress.done < 7
    build(helped(2), tmp_path / "stopped").run()
    assert children() == before
    found = {path.name: checkpoints.load(path) for path in (tmp_path / "stopped").glob("best*.th")}
    last = newest(tmp_path / "stopped")
    assert same(found | {last.name: checkpoints.load(last)}, {k: v for k, v in plain.items() if ".th" in k})
