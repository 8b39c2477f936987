"""Several ranks train as one."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from rank_processes import on_ranks
from small_run import build, config_of, newest, same

from hmtl.training import checkpoints
from hmtl.training.ranks import Ranks

pytestmark = pytest.mark.processes


def config(corpus: Path, batch: int, **trainer: Any) -> dict[str, Any]:
    settings = config_of(
        corpus,
        "ner emd relation coref",
        num_epochs=2,
        optimizer={"type": "sgd", "lr": 0.003},
        interference_interval=2,
        **trainer,
    )
    settings["validation_data_loader"] = copy.deepcopy(settings["data_loader"])
    settings["data_loader"]["budgets"] = {
        task: {"batch_size": batch if task != "coref" else max(1, batch // 8), "noise": 0.1}
        for task in ("ner", "emd", "relation", "coref")
    }
    return settings


def run(settings: dict[str, Any], directory: Path, rank: int = 0) -> dict[str, Any]:
    torch.set_default_dtype(torch.float64)
    loop = build(settings, directory / "run", rank)
    loop.model.double()
    for module in loop.model.modules():
        if isinstance(module, torch.nn.Dropout):
            # no two ways of cutting a batch can share it
            module.p = 0.0
    metrics = loop.run()
    torch.set_default_dtype(torch.float32)
    return {"metrics": metrics, "weights": dict(loop.model.state_dict())}


def close(one: dict[str, Any], other: dict[str, Any]) -> bool:
    numbers = {name: value for name, value in one["metrics"].items() if isinstance(value, int | float)}
    return all(
        torch.allclose(weight, other["weights"][name], atol=1e-9) for name, weight in one["weights"].items()
    ) and all(other["metrics"][name] == pytest.approx(value, abs=1e-9) for name, value in numbers.items())


def test_two_ranks_with_half_the_batch_equal_one(small_corpus, tmp_path):
    whole = run(config(small_corpus, 16), tmp_path / "whole")
    (tmp_path / "ranks").mkdir()
    halves = on_ranks(
        lambda rank: run(config(small_corpus, 8), tmp_path / "ranks", rank), 2, tmp_path / "ranks"
    )
    assert same(halves[0], halves[1])
    assert close(halves[0], whole)
    figures = [
        json.loads((tmp_path / f"{name}/metrics_epoch_1.json").read_text())
        for name in ("whole/run", "ranks/run")
    ]
    assert figures[0].keys() == figures[1].keys()
    for name, value in figures[0].items():
        if name != "interference":
            assert figures[1][name] == pytest.approx(value, abs=1e-9), name


def test_batches_put_together_equal_one_batch(small_corpus, tmp_path):
    whole = run(config(small_corpus, 16), tmp_path / "whole")
    assert close(run(config(small_corpus, 8, accumulate=2), tmp_path / "pieces"), whole)


def test_a_rank_without_a_part_takes_part(small_corpus, tmp_path):
    """Four ranks, batches of four documents or sentences and a remainder that is less."""
    settings = config(small_corpus, 1)
    settings["data_loader"]["budgets"]["ner"]["batch_size"] = 3
    results = on_ranks(lambda rank: run(settings, tmp_path, rank), 3, tmp_path)
    assert same(results[0], results[1]) and same(results[0], results[2])
    whole = copy.deepcopy(settings)
    for budget in whole["data_loader"]["budgets"].values():
        budget["batch_size"] *= 3
    assert close(results[0], run(whole, tmp_path / "whole"))


def test_ranks_that_are_stopped_resume(small_corpus, tmp_path):
    settings = config_of(small_corpus, "ner emd", num_epochs=2, checkpoints={"every_steps": 2})

    def train(rank: int, directory: Path, steps: int | None) -> dict[str, Any]:
        loop = build(settings, directory, rank)
        step = loop.trainer.stepper.step

        def stopping(*arguments):
            if loop.trainer.progress.step == steps:
                raise KeyboardInterrupt
            return step(*arguments)

        loop.trainer.stepper.step = stopping
        with contextlib.suppress(KeyboardInterrupt):
            loop.run()
        return dict(loop.model.state_dict())

    for name in ("straight", "stopped"):
        (tmp_path / name).mkdir()
    straight = on_ranks(lambda rank: train(rank, tmp_path / "straight", None), 2, tmp_path / "straight")
    on_ranks(lambda rank: train(rank, tmp_path / "stopped", 5), 2, tmp_path / "stopped")
    (tmp_path / "stopped" / "meeting").unlink(missing_ok=True)
    assert checkpoints.load(newest(tmp_path / "stopped"))["step"] == 4
    resumed = on_ranks(lambda rank: train(rank, tmp_path / "stopped", None), 2, tmp_path / "stopped")
    assert same(resumed, straight)


def test_a_gradient_on_one_rank_is_a_gradient_on_all(tmp_path):
    def reduce(rank: int) -> list[Any]:
        parameters = [torch.nn.Parameter(torch.zeros(2)) for _ in range(3)]
        parameters[0].grad = torch.tensor([1.0, 2.0]) * (rank + 1)
        if rank:
            parameters[1].grad = torch.tensor([5.0, 0.0])
        loss = Ranks().sum_gradients(parameters, torch.tensor(float(rank + 1)))
        return [loss.item(), *(p.grad if p.grad is None else p.grad.tolist() for p in parameters)]

    assert on_ranks(reduce, 2, tmp_path) == [[3.0, [3.0, 6.0], [5.0, 0.0], None]] * 2


def test_every_rank_learns_what_all_have_given(tmp_path):
    given = ["ä", None, {"long": [0.5, "x" * 300]}]
    assert on_ranks(lambda rank: Ranks().gather(given[rank]), 3, tmp_path) == [given] * 3


def test_what_holds_on_one_rank_holds_on_any(tmp_path):
    holds = on_ranks(lambda rank: [Ranks().any(rank == 1), Ranks().any(False)], 2, tmp_path)
    assert holds == [[True, False]] * 2


def test_one_process_is_rank_0_of_1():
    ranks = Ranks()
    loss = torch.tensor(2.0)
    assert (ranks.rank, ranks.size, ranks.many) == (0, 1, False)
    assert ranks.sum_gradients([torch.nn.Parameter(torch.zeros(1))], loss) is loss
    assert ranks.sum(1.0, 2.5) == [1.0, 2.5]
    assert ranks.gather({"a": 1}) == [{"a": 1}]
    assert ranks.any(True) and not ranks.any(False)
