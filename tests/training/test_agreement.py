"""Ranks that were given something else are told what, before they train."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from rank_processes import on_ranks
from small_run import build, config_of

from hmtl.training.agreement import (
    agree_on_checkpoint,
    check_alike,
    check_directories,
    config_facts,
    data_facts,
    vocabulary_facts,
)
from hmtl.training.checkpoints import CheckpointOptions, Checkpoints
from hmtl.training.ranks import Ranks

pytestmark = pytest.mark.processes


def told(function: Callable[[int], Any]) -> Callable[[int], str]:
    """What the user would read, or nothing."""

    def run(rank: int) -> str:
        try:
            function(rank)
        except ConfigurationError as error:
            return str(error)
        return ""

    return run


def test_all_ranks_tell_the_first_fact_that_differs(tmp_path):
    facts = [{"size": "3", "kind": "x"}, {"size": "3", "kind": "x"}, {"size": "4", "kind": "x", "zeal": "1"}]
    one, two, three = on_ranks(told(lambda rank: check_alike(Ranks(), facts[rank])), 3, tmp_path)
    assert one == two == three
    assert one.startswith("distributed training: size differs: 3 in process 0 (")
    assert "), 4 in process 2 (" in one and "\n" not in one


def test_ranks_that_agree_are_told_nothing(tmp_path):
    assert on_ranks(told(lambda rank: check_alike(Ranks(), {"size": "3"})), 2, tmp_path) == ["", ""]


def test_hosts_may_have_their_own_paths_and_devices(tmp_path):
    config = {
        "distributed": {"cuda_devices": [0, 1]},
        "train_data_path": {"ner": "/here"},
        "data_loader": {"cache": "/here", "seed": 1},
        "trainer": {"epochs": [1, {}]},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert config_facts(tmp_path) == {
        "config key data_loader.seed": "1",
        "config key trainer.epochs.0": "1",
        "config key trainer.epochs.1": "{}",
    }
    assert config_facts(tmp_path / "none") == {}


def test_a_vocabulary_is_its_entries_in_their_order():
    one, same, other = (
        Vocabulary({"tokens": counts}) for counts in ({"a": 2, "b": 1}, {"a": 3, "b": 2}, {"a": 1, "b": 2})
    )
    assert vocabulary_facts(one) == vocabulary_facts(same) != vocabulary_facts(other)
    assert vocabulary_facts(one)["vocabulary namespace tokens"].startswith("4 entries, digest ")


def test_data_are_their_words_and_gold_and_not_where_they_lie(small_corpus, tmp_path):
    def facts(folder: Path) -> dict[str, str]:
        loop = build(config_of(folder), tmp_path / "run")
        return data_facts("training", loop.trainer.loader)

    text = (small_corpus / "train.jsonl").read_text()
    found = []
    for name, changed in (
        ("same", text),
        ("gold", text.replace('"PER"', '"LOC"', 1)),
        ("less", text[: text.rindex("{")]),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "dev.jsonl").write_text((small_corpus / "dev.jsonl").read_text())
        (folder / "train.jsonl").write_text(changed)
        found.append(facts(folder))
    same, gold, less = found
    assert facts(small_corpus) == same
    name = "training data of task 'ner'"
    count = same[name].split(",")[0]
    assert gold[name] != same[name] and gold[name].startswith(count)
    assert not less[name].startswith(count)


@pytest.mark.parametrize("shared", [True, False])
def test_two_hosts_do_not_write_to_one_directory(shared, tmp_path):
    def check(rank: int) -> None:
        directory = tmp_path / ("run" if shared else f"run{rank}")
        directory.mkdir(exist_ok=True)
        check_directories(Ranks(), directory, writes=True)
        assert not list(directory.iterdir())

    assert [("--serialization-dir" in line) for line in on_ranks(told(check), 2, tmp_path)] == [shared] * 2


def test_processes_of_one_host_share_its_directory(tmp_path):
    check = told(lambda rank: check_directories(Ranks(), tmp_path, writes=rank == 0))
    assert on_ranks(check, 2, tmp_path) == ["", ""]


def saved(directory: Path, steps: list[int]) -> Checkpoints:
    directory.mkdir(exist_ok=True)
    store = Checkpoints(directory, CheckpointOptions(keep=9))
    for step in steps:
        store.save({"weight": torch.tensor(float(step))}, 0, step)
    return store


@pytest.mark.parametrize(
    ("steps", "common"),
    [
        (([3, 6], [3]), 3),
        (([3, 6], [3, 6]), 6),
        (([6, 9], [3, 6]), 6),
        (([], []), None),
        (([3, 4, 5], [1, 3]), 3),
    ],
)
def test_hosts_go_on_from_the_newest_checkpoint_of_all(steps, common, tmp_path):
    def agree(rank: int) -> float | None:
        store = saved(tmp_path / f"host{rank}", steps[rank])
        agree_on_checkpoint(Ranks(), store, writes=True)
        found = store.load()
        return None if found is None else found[0]["weight"].item()

    assert on_ranks(agree, 2, tmp_path) == [common, common]


@pytest.mark.parametrize("steps", [([3], [6]), ([3], [])])
def test_hosts_without_a_common_checkpoint_lose_none(steps, tmp_path):
    def agree(rank: int) -> None:
        agree_on_checkpoint(Ranks(), saved(tmp_path / f"host{rank}", steps[rank]), writes=True)

    for line in on_ranks(told(agree), 2, tmp_path):
        assert "have no checkpoint in common; copy this folder from the host of --node-rank 0" in line
    left = [len(list((tmp_path / f"host{rank}" / "checkpoints").glob("*.th"))) for rank in range(2)]
    assert left == [len(own) for own in steps]


def test_one_process_of_a_host_sets_what_is_damaged_aside(tmp_path):
    """All of them would be in each other's way."""

    def agree(rank: int) -> float:
        store = Checkpoints(tmp_path, CheckpointOptions())
        agree_on_checkpoint(Ranks(), store, writes=rank == 0)
        return store.load()[0]["weight"].item()

    newest = saved(tmp_path, [3, 6]).newest_first()[0]
    newest.write_bytes(newest.read_bytes()[:-100])
    newest.with_name("epoch_00000_step_000000009.th.part").write_bytes(b"half a file")
    assert on_ranks(agree, 3, tmp_path) == [3.0] * 3
    assert sorted(path.suffix for path in newest.parent.iterdir()) == [".damaged", ".th"]
