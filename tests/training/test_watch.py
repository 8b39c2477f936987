import json
import struct
from collections import defaultdict
from pathlib import Path

import pytest
from small_run import same
from tensorboardX.proto.event_pb2 import Event

from hmtl.training import watch
from hmtl.training.figures import StepFigures
from hmtl.training.watch import EpochWatch, RunLog


def read_scalars(log: Path) -> dict[str, list[tuple[int, float]]]:
    """`tag: [(step, value)]` of all event files, as TensorBoard reads them: in the order of their names, and
    without what stands at or after the step of a later START of a session. A record is its length (8 bytes),
    a checksum (4), the data and a checksum (4)."""
    scalars: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for path in sorted(log.glob("events.out.tfevents.*")):
        data, place = path.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            event = Event.FromString(data[place + 12 : place + 12 + length])
            place += 16 + length
            if event.HasField("session_log"):
                scalars = defaultdict(
                    list, {tag: [p for p in points if p[0] < event.step] for tag, points in scalars.items()}
                )
            for value in event.summary.value:
                scalars[value.tag].append((event.step, value.simple_value))
    return {tag: points for tag, points in scalars.items() if points}


def step(task: str, loss: float, seconds: float = 1.0) -> StepFigures:
    return StepFigures(
        task, loss, gradient_norm=2 * loss, learning_rate=0.25, words=100, instances=4, seconds=seconds
    )


STEPS = [step("ner", 4.0), step("coref", 300.0, 20.0), step("ner", 2.0), step("ner", 0.1)]


def test_the_watch_gives_the_figures_of_the_tasks_drawn():
    with EpochWatch(0, ["ner", "coref", "ner", "ner"], visible=False) as running:
        for figures in STEPS:
            running.step(figures)
    metrics = running.metrics()
    assert metrics["ner/loss"] == pytest.approx(6.1 / 3)
    assert metrics["coref/gradient_norm"] == 600
    assert metrics["ner/words"] == 300
    assert {name.split("/")[0] for name in metrics} == {"ner", "coref"}


def test_a_resumed_epoch_has_the_figures_of_all_its_steps_and_the_times_of_its_own():
    drawn = [figures.task for figures in STEPS]
    straight, first = (EpochWatch(0, drawn, visible=False) for _ in range(2))
    for figures in STEPS:
        straight.step(figures)
    for figures in STEPS[:2]:
        first.step(figures)
    second = EpochWatch(0, drawn, done=2, visible=False)
    second.load_state_dict(first.state_dict())
    for figures in STEPS[2:]:
        second.step(figures)
    assert same(second.metrics(), straight.metrics())
    assert first.stretch()["seconds"] == {"coref": 20.0, "ner": 1.0}
    assert second.stretch()["seconds"] == {"ner": 2.0}
    assert second.stretch()["words"] == {"ner": 200}


def test_the_time_of_training_ends_with_the_context(monkeypatch):
    clock = iter([10.0, 17.0, 20.0, 99.0])
    monkeypatch.setattr(watch.time, "perf_counter", lambda: next(clock))
    with EpochWatch(0, ["ner"], visible=False) as running:
        assert running.stretch()["training_seconds"] == 7
    assert running.stretch()["training_seconds"] == 10
    assert running.stretch()["training_seconds"] == 10


def test_the_bar_is_closed_when_a_step_fails(capsys):
    with pytest.raises(KeyboardInterrupt), EpochWatch(0, ["ner", "ner"]) as running:
        running.step(STEPS[0])
        raise KeyboardInterrupt
    last = capsys.readouterr().err
    assert last.endswith("\n")
    assert "1/2" in last.splitlines()[-1]


def test_tensorboard_gets_steps_epochs_and_speeds(tmp_path):
    log = RunLog(tmp_path, interval=2)
    for number in range(1, 7):
        log.step(number, step("ner" if number % 3 else "emd", number / 2))
    log.epoch(
        0,
        6,
        {"ner/loss": 1.5, "ner/steps": 6},
        {"ner/f1": 0.75},
        {"samples": {}, "cosine": {"embedder": {"ner~emd": 0.5}}, "effect": {}},
    )
    log.stretch({"to_step": 6, "seconds": {"ner": 2.0, "emd": 0.0}, "words": {"ner": 500, "emd": 0}})
    log.close()
    assert read_scalars(tmp_path / "log") == {
        "ner/loss": [(1, 0.5), (4, 2.0)],
        "ner/gradient_norm": [(1, 1.0), (4, 4.0)],
        "ner/learning_rate": [(1, 0.25), (4, 0.25)],
        "emd/loss": [(3, 1.5), (6, 3.0)],
        "emd/gradient_norm": [(3, 3.0), (6, 6.0)],
        "emd/learning_rate": [(3, 0.25), (6, 0.25)],
        "ner/training_loss": [(6, 1.5)],
        "ner/training_steps": [(6, 6)],
        "ner/validation_f1": [(6, 0.75)],
        "mix/ner": [(6, 1.0)],
        "cosine/embedder/ner.emd": [(6, 0.5)],
        "ner/words_per_second": [(6, 250.0)],
    }


def test_a_resumed_run_takes_back_what_was_logged_after_its_checkpoint(tmp_path):
    first = RunLog(tmp_path, interval=1)
    for number in (1, 2, 3):
        first.step(number, step("ner", number))
    first.close()
    second = RunLog(tmp_path, interval=1, steps_done=2)
    second.step(3, step("ner", 30))
    second.close()
    assert read_scalars(tmp_path / "log")["ner/loss"] == [(1, 1.0), (2, 2.0), (3, 30.0)]


def test_the_figures_of_an_epoch_are_written_as_json(tmp_path):
    log = RunLog(tmp_path, interval=None)
    log.step(1, STEPS[0])
    log.epoch(3, 8, {"ner/loss": 1.5, "ner/steps": 8}, {"ner/f1": 0.75}, None)
    log.epoch(4, 9, {}, {}, {"samples": {"ner": 1}, "cosine": {}, "effect": {}})
    log.close()
    assert json.loads((tmp_path / "metrics_epoch_3.json").read_text()) == {
        "epoch": 3,
        "step": 8,
        "training_ner/loss": 1.5,
        "training_ner/steps": 8,
        "validation_ner/f1": 0.75,
    }
    assert json.loads((tmp_path / "metrics_epoch_4.json").read_text()) == {
        "epoch": 4,
        "step": 9,
        "interference": {"samples": {"ner": 1}, "cosine": {}, "effect": {}},
    }
    assert len(list(tmp_path.iterdir())) == 2


def test_every_process_adds_the_time_of_its_stretch(tmp_path):
    lines = [{"epoch": 0, "to_step": number, "seconds": {}, "words": {}} for number in range(3)]
    for line in lines:
        log = RunLog(tmp_path, interval=None)
        log.stretch(line)
        log.close()
    assert [json.loads(line) for line in (tmp_path / "timings.jsonl").read_text().splitlines()] == lines


@pytest.mark.parametrize("interval", [None, 1])
def test_tensorboard_is_off_or_on(interval, tmp_path):
    RunLog(tmp_path, interval).close()
    assert (tmp_path / "log").exists() == (interval is not None)


def test_another_process_of_a_run_writes_nothing(tmp_path):
    log = RunLog(tmp_path, interval=1, visible=False)
    log.step(1, STEPS[0])
    log.epoch(0, 1, {"ner/loss": 1.0}, {}, None)
    log.stretch({"to_step": 1, "seconds": {"ner": 1.0}, "words": {"ner": 1}})
    log.close()
    assert not list(tmp_path.iterdir())
