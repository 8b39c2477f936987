"""A search that is stopped and gone on with equals one never stopped; what it is told of trials is true."""

import contextlib
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_run
from report import synthetic_run

optuna = pytest.importorskip("optuna")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import search  # noqa: E402

SPACE = """{
  lr: { type: 'float', low: 0.001, high: 0.1, log: true },
  schedule: { type: 'categorical', choices: ['uniform', 'proportional'] },
}"""
OPEN = """{
  search:: %s,
  trainer+: {
    optimizer+: { lr: std.parseJson(std.extVar('lr')) },
    schedule: { type: std.extVar('schedule') },
  },
}"""


def write_config(folder: Path, corpus: Path, space: str = SPACE, **trainer: Any) -> Path:
    config = small_run.config_of(corpus, "ner emd", **trainer)
    path = folder / "open.jsonnet"
    path.write_text(f"{json.dumps(config)} + {OPEN % space}")
    return path


def arguments(config: Path, directory: Path, trials: int) -> list[str]:
    return [str(config), "-s", str(directory), "--trials", str(trials)]


@pytest.fixture(autouse=True)
def sigterm() -> Iterator[None]:
    """As it was before: the program has its own way with it."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def trials_of(directory: Path) -> list[Any]:
    study = optuna.load_study(study_name="hmtl", storage=f"sqlite:///{directory}/study.db")
    return study.trials


@pytest.fixture(scope="module")
def config(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(tmp_path_factory.mktemp("config"), small_corpus, num_epochs=6)


@pytest.fixture(scope="module")
def searched(config: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The directory of a whole search, and what it printed."""
    directory = tmp_path_factory.mktemp("runs") / "whole"
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        search.main(arguments(config, directory, 2))
    return directory, printed.getvalue()


def test_trials_are_runs_with_what_was_drawn(searched: tuple[Path, str]) -> None:
    directory, printed = searched
    trials = trials_of(directory)
    assert len(trials) == 2 and trials[0].params != trials[1].params
    for trial in trials:
        folder = directory / f"trial_{trial.number:03}"
        trainer = json.loads((folder / "config.json").read_text())["trainer"]
        assert trainer["optimizer"]["lr"] == trial.params["lr"]
        assert trainer["schedule"]["type"] == trial.params["schedule"]
        assert (folder / "model.tar.gz").exists()
        metrics = json.loads((folder / "metrics.json").read_text())
        assert trial.value == metrics["best_validation_mean"]
        assert set(trial.intermediate_values) == set(range(6))
        assert max(trial.intermediate_values.values()) == pytest.approx(trial.value)
    best = max(trials, key=lambda trial: trial.value)
    assert printed.splitlines()[-1].startswith(f"best: trial {best.number}, ")
    assert printed.strip().endswith(str(directory / f"trial_{best.number:03}" / "config.json"))


def test_a_finished_search_is_left_alone(
    config: Path, searched: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    directory, printed = searched
    search.main(arguments(config, directory, 2))
    assert capsys.readouterr().out.splitlines() == printed.splitlines()[-1:]
    assert len(trials_of(directory)) == 2


def test_stopped_and_gone_on_with(config: Path, searched: tuple[Path, str], tmp_path: Path) -> None:
    command = [sys.executable, search.__file__, *arguments(config, tmp_path, 2)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        while not (tmp_path / "trial_000" / "checkpoints").exists() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert (process.returncode, said) == (1, "stopped; the same command goes on\n")
    search.main(arguments(config, tmp_path, 2))
    stopped = [trial for trial in trials_of(tmp_path) if "stopped" in trial.user_attrs]
    others = [trial for trial in trials_of(tmp_path) if "stopped" not in trial.user_attrs]
    assert len(stopped) == 1 and stopped[0].state.name == "FAIL"
    whole = trials_of(searched[0])
    assert [(one.params, one.value) for one in others] == [(one.params, one.value) for one in whole]
    assert [one.intermediate_values for one in others] == [one.intermediate_values for one in whole]


def test_a_failed_trial_says_why(
    small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    space = SPACE.replace("'uniform', 'proportional'", "'no such'")
    with pytest.raises(SystemExit, match="no trial came to its end"):
        search.main(arguments(write_config(tmp_path, small_corpus, space), tmp_path / "runs", 1))
    trials = trials_of(tmp_path / "runs")
    assert [trial.state.name for trial in trials] == ["FAIL"]
    assert all("no such" in trial.user_attrs["error"] for trial in trials)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and "FAIL" in lines[0] and "no such" in lines[0]


@pytest.mark.parametrize("prune", [True, False])
def test_a_trial_below_the_median_is_stopped_if_asked(prune: bool, tmp_path: Path) -> None:
    study = optuna.create_study(direction="maximize")
    for _ in range(5):
        study.add_trial(optuna.trial.create_trial(value=1.0, intermediate_values={0: 1.0, 1: 1.0}))
    trial = study.ask()
    synthetic_run.write_run(tmp_path, epochs=3)
    with subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({60 * prune})"]) as process:
        if prune:
            with pytest.raises(optuna.TrialPruned):
                search.follow(process, trial, tmp_path, prune)
            process.kill()
        else:
            search.follow(process, trial, tmp_path, prune)
    assert len(study.trials[-1].intermediate_values) == (1 if prune else 3)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{}", "search"),
        ("{ search:: { lr: { type: 'real', low: 0, high: 1 } } }", "real"),
        ("{ search:: { lr: { type: 'float', low: 2, high: 1 } } }", "low"),
        ("{ search:: { lr: { type: 'float', lowest: 2, high: 1 } } }", "lowest"),
        ("{ search:: { lr: [1, 2] } }", "search.lr"),
        ("{ search:: { lr: { low: 1, high: 2 } } }", "type"),
        ("{ search:: ", "search"),
    ],
)
def test_a_space_that_cannot_be_read(text: str, cause: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonnet"
    path.write_text(text)
    with pytest.raises(SystemExit) as stopped:
        search.space_of(str(path))
    said = str(stopped.value)
    assert said.startswith(str(path)) and cause in said and "\n" not in said


def test_the_demo_reads_what_it_says_can_be_drawn() -> None:
    assert set(search.space_of(str(ROOT / "configs" / "search" / "demo.jsonnet"))) == {
        "lr", "dropout", "width",
    }  # fmt: skip


def test_a_storage_that_cannot_be_opened(config: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        search.main([*arguments(config, tmp_path, 1), "--storage", "sqlite:////no/such/folder/study.db"])
    assert "no/such" in str(stopped.value) and "\n" not in str(stopped.value)
