"""The weights of each task's best epoch travel in the archive; `--best TASK` asks for them."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from command_line import allennlp, error_of
from small_run import config_of

from hmtl.training.progress import Progress

TASKS = ["ner", "emd", "relation", "coref"]
TEXT = "Ada Morrow, the mayor of Saltmere, smiled. She left."


@pytest.fixture
def archive(small_archive, tmp_path, monkeypatch) -> Path:
    """The archive alone, in a directory with a misleading file."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(small_archive / "model.tar.gz", tmp_path)
    (tmp_path / "best_ner.th").write_text("no weights")
    return Path("model.tar.gz")


@pytest.fixture
def text_file(tmp_path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"text": TEXT}) + "\n")
    return path


def members(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return {name for name in tar.getnames() if name.endswith(".th")}


def test_the_archive_has_the_weights_of_all_tasks(archive):
    assert members(archive) == {"weights.th", *(f"best_{task}.th" for task in TASKS)}


@pytest.mark.parametrize("task", TASKS)
def test_evaluate(task, archive, small_archive, small_corpus, tmp_path):
    results = []
    for options in (("--best", task), ("--weights-file", small_archive / f"best_{task}.th")):
        allennlp("evaluate", archive, small_corpus / "dev.jsonl", "--output-file", tmp_path / "out", *options)
        results.append(json.loads((tmp_path / "out").read_text()))
    assert results[0] == results[1]
    trained = json.loads((small_archive / "metrics.json").read_text())
    (best,) = [key for key in trained if key.startswith(f"{task}/best_") and key != f"{task}/best_epoch"]
    assert results[0][best.replace("/best_", "/")] == pytest.approx(trained[best], abs=1e-6)


def test_predict_and_annotate(archive, small_archive, text_file, tmp_path, capsys):
    answers = []
    for number, options in enumerate(
        (("--best", "coref"), ("--weights-file", "best_coref.th"),
         ("--weights-file", small_archive / "best_coref.th"))
    ):  # fmt: skip
        allennlp("predict", archive, text_file, "--silent", "--output-file", tmp_path / f"{number}", *options)
        answers.append(json.loads((tmp_path / f"{number}").read_text()))
        capsys.readouterr()
        allennlp("annotate", archive, TEXT, "--json", *options)
        answers.append(json.loads(capsys.readouterr().out.splitlines()[-1]) | {"id": answers[0]["id"]})
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("command", ["predict", "evaluate", "annotate"])
def test_an_unknown_task_is_told_those_there_are(command, archive, text_file, capsys):
    line = error_of(capsys, command, archive, text_file, "--best", "../ner")
    assert (
        line
        == "--best ../ner: model.tar.gz has no best weights of this task; it has those of "
        + ", ".join(sorted(TASKS))
    )


def test_the_archive_of_an_interrupted_run_has_them_too(small_corpus, tmp_path, monkeypatch):
    def stop(progress: Progress, validation: dict[str, float]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "end_epoch", stop)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        train_model(Params(config_of(small_corpus)), "run")
    assert members(Path("run/model.tar.gz")) == {"weights.th", "best_ner.th", "best_emd.th"}


def test_resumed_for_longer_and_refused_with_another_model(small_corpus, tmp_path, capsys):
    config = config_of(small_corpus, num_epochs=1)
    path, run = tmp_path / "config.json", tmp_path / "run"
    path.write_text(json.dumps(config))
    allennlp("train", path, "-s", run)
    changed = '{"trainer.num_epochs": 2, "model.dropout": 0.5, "trainer.seed": 1}'
    line = error_of(capsys, "train", path, "-s", run, "--recover", "-o", changed)
    assert "model.dropout: 0.2 before, 0.5 now; trainer.seed: 13370 before, 1 now" in line
    assert "num_epochs" not in line
    allennlp("train", path, "-s", run, "--recover", "-o", '{"trainer.num_epochs": 2}')
    assert json.loads((run / "metrics.json").read_text())["epochs"] == 2
