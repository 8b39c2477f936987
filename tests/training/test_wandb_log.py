import sys
from types import ModuleType
from typing import Any

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from hmtl.training.figures import StepFigures
from hmtl.training.wandb_log import WandbLog, WandbOptions
from hmtl.training.watch import RunLog


class Run:
    """As W&B's: `step` starts where a resumed run has ended, and rows of earlier steps are lost."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.rows: dict[int, dict[str, float]] = {}
        self.exit_code: int | None = None
        self.axes: list[tuple[str, str]] = []

    def define_metric(self, name: str, step_metric: str) -> None:
        self.axes.append((name, step_metric))

    def log(self, values: dict[str, float], step: int) -> None:
        if step >= self.step:
            self.step = step
            self.rows.setdefault(step, {}).update(values)

    def finish(self, exit_code: int) -> None:
        self.exit_code = exit_code


@pytest.fixture
def wandb(monkeypatch) -> ModuleType:
    """A package that keeps the runs it was asked for."""
    fake: Any = ModuleType("wandb")
    fake.Error = type("Error", (Exception,), {})
    fake.runs, fake.asked, fake.resumed_at = [], [], 0

    def init(**options: Any) -> Run:
        fake.asked.append(options)
        fake.runs.append(Run(fake.resumed_at))
        return fake.runs[-1]

    fake.init = init
    monkeypatch.setitem(sys.modules, "wandb", fake)
    return fake


def test_a_run_appears_with_its_config(wandb, tmp_path):
    (tmp_path / "config.json").write_text('{"trainer": {"num_epochs": 3}}')
    options = WandbOptions("hmtl", entity="us", group="seeds", tags=["small"], mode="offline")
    WandbLog(tmp_path, options).close()
    (asked,) = wandb.asked
    assert len(asked.pop("id")) >= 8
    assert asked == {
        "project": "hmtl",
        "entity": "us",
        "name": tmp_path.name,
        "group": "seeds",
        "tags": ["small"],
        "mode": "offline",
        "dir": str(tmp_path),
        "resume": "allow",
        "config": {"trainer": {"num_epochs": 3}},
    }
    assert wandb.runs[0].axes == [("*", "step")]


def test_steps_and_epochs_become_rows(wandb, tmp_path):
    log = RunLog(tmp_path, None, wandb=WandbOptions("hmtl", interval=2))
    for number in (1, 2, 3):
        log.step(number, StepFigures("ner", number / 2, 1.0, 0.25, 10, 1, 0.5))
    log.epoch(0, 3, {"ner/loss": 1.0}, {"ner/f1": 0.5}, None)
    log.close()
    (run,) = wandb.runs
    figures = {"ner/gradient_norm": 1.0, "ner/learning_rate": 0.25}
    assert run.rows == {
        1: {"step": 1, "ner/loss": 0.5} | figures,
        3: {"step": 3, "ner/loss": 1.5, "ner/training_loss": 1.0, "ner/validation_f1": 0.5} | figures,
    }
    assert run.exit_code == 0


def test_a_recovered_run_goes_on_and_loses_nothing(wandb, tmp_path):
    options = WandbOptions("hmtl", interval=1)
    first = WandbLog(tmp_path, options)
    for number in (1, 2, 3, 4):
        first.add(number, {"ner/loss": number})
    # killed here; the checkpoint was that of step 2
    moved = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name}_moved"))
    wandb.resumed_at = 5
    second = WandbLog(moved, options)
    for number in (3, 4, 5, 6):
        second.add(number, {"ner/loss": number})
    second.add(6, {"ner/f1": 0.5})
    assert wandb.asked[0]["id"] == wandb.asked[1]["id"]
    assert wandb.runs[1].rows == {
        5: {"step": 5, "ner/loss": 5},
        6: {"step": 6, "ner/loss": 6, "ner/f1": 0.5},
    }


def test_an_epoch_that_ends_at_the_last_row_is_there_after_recovery(wandb, tmp_path):
    wandb.resumed_at = 5
    log = WandbLog(tmp_path, WandbOptions("hmtl"))
    log.add(4, {"ner/f1": 0.5})
    assert wandb.runs[0].rows == {5: {"step": 4, "ner/f1": 0.5}}


def test_directories_have_runs_of_their_own(wandb, tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        WandbLog(tmp_path / name, WandbOptions("hmtl", name="same"))
    assert wandb.asked[0]["id"] != wandb.asked[1]["id"]
    assert wandb.asked[0]["name"] == "same"


def test_a_run_that_broke_is_marked_so(wandb, tmp_path):
    log = RunLog(tmp_path, None, wandb=WandbOptions("hmtl"))
    with pytest.raises(KeyError):
        try:
            raise KeyError
        finally:
            log.close()
    assert wandb.runs[0].exit_code == 1


def test_another_process_of_a_run_starts_none(wandb, tmp_path):
    RunLog(tmp_path, None, wandb=WandbOptions("hmtl"), visible=False).close()
    assert not wandb.runs


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ConfigurationError, match=r"trainer\.wandb.*hmtl\[wandb\]") as raised:
        RunLog(tmp_path, None, wandb=WandbOptions("hmtl"))
    assert "\n" not in str(raised.value)


def test_what_wandb_refuses_is_told_in_one_line(wandb, monkeypatch, tmp_path):
    def init(**options: Any) -> Run:
        raise wandb.Error("no key\nand more")

    monkeypatch.setattr(wandb, "init", init)
    with pytest.raises(ConfigurationError, match=r"trainer\.wandb.*\(no key\).*offline") as raised:
        WandbLog(tmp_path, WandbOptions("hmtl"))
    assert "\n" not in str(raised.value)


def test_options_are_read_from_a_config():
    options = WandbOptions.from_params(Params({"project": "hmtl", "mode": "offline", "tags": ["a"]}))
    assert options == WandbOptions("hmtl", mode="offline", tags=["a"])
    for wrong in ({"mode": "on"}, {"interval": 0}, {"projekt": "hmtl"}):
        with pytest.raises(ConfigurationError):
            WandbOptions.from_params(Params({"project": "hmtl"} | wrong))


def test_the_package_itself_writes_an_offline_run(tmp_path):
    pytest.importorskip("wandb")
    log = WandbLog(tmp_path, WandbOptions("hmtl", mode="offline"))
    log.add(1, {"ner/loss": 0.5})
    log.close()
    name = (tmp_path / "wandb" / "id").read_text()
    assert len(list((tmp_path / "wandb").glob(f"offline-run-*-{name}/run-{name}.wandb"))) == 1
