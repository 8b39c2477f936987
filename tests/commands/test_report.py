import json
from pathlib import Path

import pytest
from command_line import allennlp, error_of
from report.synthetic_run import write_run

from hmtl.report import lines, page, read_run, summary


@pytest.fixture
def run(tmp_path) -> Path:
    return write_run(tmp_path / "run", epochs=3)


def test_writes_the_page_and_prints_the_verdict(run, capsys) -> None:
    allennlp("report", run)
    target, read = run / "report.html", read_run(run)
    assert target.read_text(encoding="utf-8") == page(read)
    assert capsys.readouterr().out.splitlines() == [*lines(read), "", f"The whole report: {target}"]
    assert not list(run.glob("*.part"))


def test_the_page_goes_where_it_is_wanted(run, tmp_path) -> None:
    allennlp("report", run, "-o", tmp_path / "x.html")
    assert (tmp_path / "x.html").read_text(encoding="utf-8") == page(read_run(run))
    assert not (run / "report.html").exists()


def test_json_alone_writes_nothing(run, capsys) -> None:
    allennlp("report", run, "--json")
    assert json.loads(capsys.readouterr().out) == summary(read_run(run))
    assert not (run / "report.html").exists()
    allennlp("report", run, "--json", "-o", run / "x.html")
    assert json.loads(capsys.readouterr().out)["epochs"] == 3 and (run / "x.html").exists()


def test_of_a_run_that_was_really_trained(small_archive, tmp_path, capsys) -> None:
    allennlp("report", small_archive, "-o", tmp_path / "x.html", "--json")
    told = json.loads(capsys.readouterr().out)
    final = json.loads((small_archive / "metrics.json").read_text())
    assert told["joint_best_epoch"] == final["best_epoch"] and told["epochs"] == final["epochs"]
    assert told["joint_best_mean"] == pytest.approx(final["best_validation_mean"])
    assert set(told["tasks"]) == {"ner", "emd", "relation", "coref"}
    for task, own in told["tasks"].items():
        assert own["best_epoch"] == final[f"{task}/best_epoch"]
        assert own["steps"] == final[f"{task}/steps"]


def test_half_a_surrogate_pair_in_a_config_does_not_stop_the_page(run) -> None:
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps(config | {"x": "\ud800"}))
    allennlp("report", run)
    assert '"x": "?"' in (run / "report.html").read_text(encoding="utf-8").replace("&#34;", '"')


def test_slips_are_one_line(run, tmp_path, capsys) -> None:
    assert "none: is no directory" in error_of(capsys, "report", tmp_path / "none")
    assert "No such file or directory" in error_of(capsys, "report", run, "-o", tmp_path / "none" / "x.html")
    assert "Is a directory" in error_of(capsys, "report", run, "-o", tmp_path)
    (run / "timings.jsonl").write_text("{}\n")
    assert "timings.jsonl:1: 'epoch' is null; give an integer" in error_of(capsys, "report", run)
