import json
import math
import os

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.report.read import read_run
from hmtl.report.run import Interference, Stretch, Task
from report.synthetic_run import write, write_run


def test_reads_what_was_written(tmp_path) -> None:
    directory = write_run(tmp_path / "run", epochs=12)
    run, third = read_run(directory), json.loads((directory / "metrics_epoch_3.json").read_text())
    assert (run.name, run.num_epochs, run.last, run.notes) == ("run", 12, 11, [])
    assert [epoch.number for epoch in run.epochs] == list(range(12))
    assert run.tasks["relation"] == Task("relation", "strict_f1", True, True, 34, 408)
    told = run.epochs[3]
    interference = third.pop("interference")
    assert told.figures == third and told.interference == Interference(**interference)
    line = json.loads((directory / "timings.jsonl").read_text().splitlines()[3])
    assert run.stretches[3] == Stretch(
        3, line["seconds"], line["words"], line["training_seconds"], line["validation_seconds"]
    )
    assert run.final == json.loads((directory / "metrics.json").read_text())
    assert list(run.parts)[0] == "embedder" and run.trained_parameters == 474_000


def test_a_stopped_run_and_an_older_one(tmp_path) -> None:
    assert read_run(write_run(tmp_path / "stopped", ended=False)).final is None
    older = read_run(write_run(tmp_path / "older", older=True))
    assert [note.split(":")[0] for note in older.notes] == [
        "No run.json",
        "No timings.jsonl",
        "Gradients were not sampled",
    ]


def test_a_gap_is_told(tmp_path) -> None:
    directory = write_run(tmp_path / "run", epochs=9)
    for epoch in (0, 4, 5):
        (directory / f"metrics_epoch_{epoch}.json").unlink()
    run = read_run(directory)
    assert [epoch.number for epoch in run.epochs] == [1, 2, 3, 6, 7, 8]
    assert run.notes == ["No metrics_epoch_*.json of epoch 0, 4 to 5: the report does without."]


def test_numbers_that_are_none(tmp_path) -> None:
    directory = write_run(tmp_path / "run", epochs=1)
    (directory / "metrics_epoch_0.json").write_text(
        '{"epoch": 0, "training_ner/loss": NaN, "b": -Infinity, "c": 1e999, "d": null, "e": "x", "f": true}'
    )
    figures = read_run(directory).epochs[0].figures
    assert math.isnan(figures["training_ner/loss"]) and figures["b"] == -math.inf and figures["c"] == math.inf
    assert set(figures) == {"epoch", "training_ner/loss", "b", "c"}


RUN = '{"tasks": {"ner": {"metric": %s, "higher_is_better": true, "validated": true}}, "parts": %s}'
DAMAGED = {
    "not json": ("metrics_epoch_1.json", "{\n1", r"metrics_epoch_1\.json: is no JSON \(.* line 2 "),
    "no object": ("metrics.json", "[]", r"metrics\.json: the JSON is a list; give an object"),
    "deep": ("config.json", "[" * 99_999, r"config\.json: is no JSON \(nested too deeply\)"),
    "other epoch": ("metrics_epoch_1.json", '{"epoch": 2}', r"_1\.json: 'epoch' is 2; give 1, as in"),
    "huge": ("metrics_epoch_1.json", f'{{"epoch": 1, "a": {"9" * 400}}}', r"_1\.json: 'a' is too large"),
    "interference": (
        "metrics_epoch_1.json",
        '{"epoch": 1, "interference": {"effect": {"a": 1}}}',
        r"effect\.a",
    ),
    "cosine": (
        "metrics_epoch_1.json",
        '{"epoch": 1, "interference": {"cosine": {"a": {"b": ""}}}}',
        r"a\.b' is a str",
    ),
    "no tasks": ("run.json", "{}", r"run\.json: 'tasks' names no task"),
    "metric": ("run.json", RUN % ("1", "{}"), r"'tasks\.ner\.metric' is an integer; give a string"),
    "surrogate": ("run.json", RUN % (r'"\ud800"', "{}"), r"'tasks\.ner\.metric' holds half of a surrogate"),
    "parts": ("run.json", RUN % ("null", '{"a": -1}'), r"'parts\.a' is out of range"),
    "truth": (
        "run.json",
        '{"tasks": {"a": {"validated": 1}}}',
        r"a\.higher_is_better' is null; give true or false",
    ),
    "line": (
        "timings.jsonl",
        '\n{"epoch": 0}\n',
        r"timings\.jsonl:2: 'training_seconds' is null; give a number",
    ),
    "torn line": ("timings.jsonl", '{"epoch": 0', r"timings\.jsonl:1: is no JSON"),
    "bytes": ("metrics.json", b"\xff", r"metrics\.json: byte 0 is not UTF-8"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_one_line_with_its_place(name, tmp_path) -> None:
    file, content, expected = DAMAGED[name]
    path = write_run(tmp_path / "run", epochs=3) / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError, match=expected) as error:
        read_run(tmp_path / "run")
    assert "\n" not in str(error.value) and str(path) in str(error.value)


def test_what_is_no_run(tmp_path) -> None:
    with pytest.raises(ConfigurationError, match="none: is no directory; give"):
        read_run(tmp_path / "none")
    with pytest.raises(ConfigurationError, match="has no config.json"):
        read_run(tmp_path)
    write(tmp_path / "config.json", {})
    write(tmp_path / "metrics_epoch_01.json", {"epoch": 1})
    with pytest.raises(ConfigurationError, match="has no metrics_epoch_"):
        read_run(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path) -> None:
    directory = write_run(tmp_path / "run", epochs=1, older=True)
    os.mkfifo(directory / "run.json")
    assert read_run(directory).notes[0].startswith("No run.json")
