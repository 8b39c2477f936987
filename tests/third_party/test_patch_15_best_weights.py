"""An archive holds the weights of many epochs, whole after an interruption too, and a command says which."""

import io
import json
import os
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands import main
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.safe_load import safe_load
from allennlp.models import archive_model, load_archive
from allennlp.models.best_weights import BestOf, find_weights
from allennlp.training import GradientDescentTrainer, TrainerCallback

Config = dict[str, Any]
BIAS = "tag_projection_layer._module.bias"


@TrainerCallback.register("made_up_interruption")
class Interruption(TrainerCallback):
    """Leaves a file with weights after the first epoch, and stops the run in the second."""

    def on_epoch(self, trainer: Any, metrics: Any, epoch: int, **kwargs: Any) -> None:
        if epoch == 1:
            raise KeyboardInterrupt
        torch.save(trainer.model.state_dict(), Path(self.serialization_dir) / "best_one.th")


def weights_of(run: Path, value: float) -> dict[str, torch.Tensor]:
    """The run's, but that the bias of the first tag is `value`."""
    state = safe_load(run / "best.th")
    state[BIAS][0] = value
    return state


@pytest.fixture
def archive(run: Path, tmp_path: Path) -> Path:
    """Beside the default weights those of task one, whose first bias is 1, and two, whose is 2."""
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(run / "config.json", "config.json")
        tar.add(run / "best.th", "weights.th")
        tar.add(run / "vocabulary", "vocabulary")
        for number, name in enumerate(("one", "two"), 1):
            buffer = io.BytesIO()
            torch.save(weights_of(run, number), buffer)
            member = tarfile.TarInfo(f"best_{name}.th")
            member.size = len(buffer.getvalue())
            tar.addfile(member, io.BytesIO(buffer.getvalue()))
    return path


def bias_of(archive: Path, weights_file: str | None = None) -> float:
    return load_archive(archive, weights_file=weights_file).model.state_dict()[BIAS][0].item()


def test_a_task_or_a_file_names_the_weights(
    archive: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "`BestOf`" in str(load_archive.__doc__)
    assert bias_of(archive) == safe_load(run / "best.th")[BIAS][0]
    assert bias_of(archive, BestOf("one")) == 1 and bias_of(archive, BestOf("two")) == 2
    assert bias_of(archive, "best_two.th") == 2
    # a file outside comes first where a file is named, and never where a task is
    torch.save(weights_of(run, 3), tmp_path / "best_two.th")
    assert bias_of(archive, "best_two.th") == 3 and bias_of(archive, BestOf("two")) == 2


def test_a_directory_is_an_archive_too(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "[run]", filter="data")
    assert bias_of(tmp_path / "[run]", BestOf("one")) == 1


def test_what_is_not_there_is_told_with_what_is(archive: Path, run: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"--best three: .*model\.tar\.gz has .* it has those of one, two"
    ):
        load_archive(archive, weights_file=BestOf("three"))
    with pytest.raises(
        FileNotFoundError, match=r"best_three\.th: there is no .* has best_one\.th, .*weights\.th"
    ):
        load_archive(archive, weights_file="best_three.th")
    with pytest.raises(ConfigurationError, match="it has those of no task"):
        load_archive(run, weights_file=BestOf("one"))


@pytest.mark.parametrize("name", ["../secret", "../best_secret.th", "x/../../best_secret.th", "", ".", "*"])
@pytest.mark.parametrize("kind", [BestOf, str])
def test_no_name_leads_out_of_the_archive(kind: Callable[[str], str], name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "best_folder.th").mkdir(parents=True)
    (inside / "best_one.th").touch()
    (tmp_path / "best_secret.th").touch()
    if kind is str and name == ".":
        return  # a path that exists, which the user may name
    with pytest.raises((ConfigurationError, FileNotFoundError)) as error:
        find_weights(kind(name), inside, "model.tar.gz")
    assert "best_secret.th" not in str(error.value).replace(name, "")


def test_weights_in_an_archive_are_not_unpickled(rewritten: Any, tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
            return Path.mkdir, (tmp_path / "made",)

    path = rewritten(lambda config: config)
    with tarfile.open(path) as tar:
        tar.extractall(tmp_path / "parts", filter="data")
    torch.save(Hostile(), tmp_path / "parts" / "best_one.th")
    with tarfile.open(path, "w:gz") as tar:
        tar.add(tmp_path / "parts", ".")
    with pytest.raises(ConfigurationError, match="not unpickled"):
        load_archive(path, weights_file=BestOf("one"))
    assert not (tmp_path / "made").exists()


def test_weights_that_are_one_file_are_stored_once(run: Path, tmp_path: Path) -> None:
    linked = tmp_path / "[linked]"  # a name that is no pattern
    linked.mkdir()
    for name in ("config.json", "vocabulary"):
        os.symlink(run / name, linked / name)
    torch.save(weights_of(run, 1), linked / "best.th")
    os.link(linked / "best.th", linked / "best_one.th")
    archive_model(linked, include_in_archive=["best_*.th"], archive_path=tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        assert tar.getmember("best_one.th").islnk()


def evaluate(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["allennlp", "evaluate", *map(str, arguments)])
    main()


def test_the_commands_take_a_task(
    archive: Path, sentences: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = []
    ways = ((), ("--best", "one"), ("--best", "two"), ("--weights-file", "best_two.th"))
    for number, options in enumerate(ways):
        evaluate(monkeypatch, archive, sentences, "--output-file", tmp_path / f"{number}", *options)
        losses.append(json.loads((tmp_path / f"{number}").read_text())["loss"])
    assert len(set(losses)) == 3 and losses[2] == losses[3]


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_both_options_at_once_are_refused(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--best", "two", "--weights-file", "best_two.th"]
    monkeypatch.setattr(sys, "argv", ["allennlp", command, "model.tar.gz", "in", *options])
    with pytest.raises(SystemExit):
        main()
    assert "not allowed with argument" in capsys.readouterr().err


@pytest.mark.parametrize("relative", [False, True])
def test_an_interrupted_run_leaves_a_whole_archive(
    relative: bool, tagger: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if relative:
        monkeypatch.setattr(GradientDescentTrainer, "get_best_weights_path", lambda self: "run/best.th")
    tagger["trainer"]["callbacks"] = ["made_up_interruption"]
    tagger["include_in_archive"] = ["best_*.th"]
    with pytest.raises(KeyboardInterrupt):
        train_model(Params(tagger), "run")
    assert bias_of(Path("run/model.tar.gz"), BestOf("one")) == safe_load("run/best_one.th")[BIAS][0]
