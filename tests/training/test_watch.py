import json
import struct
from collections import defaultdict
from pathlib import Path

import pytest
from tensorboardX.proto.event_pb2 import Event

from hmtl.training.watch import EpochWatch, RunLog


def read_scalars(log: Path) -> dict[str, list[tuple[int, float]]]:
    """`tag: [(step, value)]` of all event files, in the order of writing. A record is its length (8 bytes),
    a checksum (4), the data and a checksum (4). As TensorBoard does, what stands at or after the step of a
    later START of a session is dropped."""
    scalars: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for path in sorted(log.glob("events.out.tfevents.*"), key=lambda path: path.stat().st_mtime_ns):
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
    return dict(scalars)


def test_the_watch_gives_means_and_counts_of_the_tasks_drawn():
    watch = EpochWatch(0, 4)
    with watch.bar:
        for task, loss in (("ner", 4.0), ("coref", 300.0), ("ner", 2.0), ("ner", 0.0)):
            watch.step(task, loss)
        assert watch.bar.n == 4
    assert watch.metrics() == {"ner/loss": 2.0, "coref/loss": 300.0, "ner/steps": 3, "coref/steps": 1}


def test_tensorboard_gets_every_nth_step_of_each_task(tmp_path):
    log = RunLog(tmp_path, interval=2)
    for number in range(1, 7):
        log.step(
            "ner" if number % 3 else "emd", number, loss=number / 2, gradient_norm=number, learning_rate=0.25
        )
    log.epoch(0, 6, {"ner/loss": 1.5}, {"ner/f1": 0.75})
    log.close()
    assert read_scalars(tmp_path / "log") == {
        "ner/loss": [(2, 1.0), (4, 2.0)],
        "ner/gradient_norm": [(2, 2.0), (4, 4.0)],
        "ner/learning_rate": [(2, 0.25), (4, 0.25)],
        "emd/loss": [(6, 3.0)],
        "emd/gradient_norm": [(6, 6.0)],
        "emd/learning_rate": [(6, 0.25)],
        "ner/training_loss": [(6, 1.5)],
        "ner/validation_f1": [(6, 0.75)],
    }


def test_a_resumed_run_takes_back_what_was_logged_after_its_checkpoint(tmp_path):
    first = RunLog(tmp_path, interval=1)
    for number in (1, 2, 3):
        first.step("ner", number, float(number), 0.0, 0.0)
    first.close()
    # two runs that begin in one second would write one file
    for path in (tmp_path / "log").iterdir():
        path.rename(path.with_name(f"{path.name}.0"))
    second = RunLog(tmp_path, interval=1, steps_done=2)
    second.step("ner", 3, 30.0, 0.0, 0.0)
    second.close()
    assert read_scalars(tmp_path / "log")["ner/loss"] == [(1, 1.0), (2, 2.0), (3, 30.0)]


def test_the_figures_of_an_epoch_are_written_as_json(tmp_path):
    log = RunLog(tmp_path, interval=None)
    log.step("ner", 1, 1.0, 1.0, 1.0)
    log.epoch(3, 8, {"ner/loss": 1.5, "ner/steps": 8}, {"ner/f1": 0.75})
    log.close()
    assert [path.name for path in tmp_path.iterdir()] == ["metrics_epoch_3.json"]
    assert json.loads((tmp_path / "metrics_epoch_3.json").read_text()) == {
        "epoch": 3,
        "training_ner/loss": 1.5,
        "training_ner/steps": 8,
        "validation_ner/f1": 0.75,
    }


@pytest.mark.parametrize("interval", [None, 1])
def test_tensorboard_is_off_or_on(interval, tmp_path):
    RunLog(tmp_path, interval).close()
    assert (tmp_path / "log").exists() == (interval is not None)
