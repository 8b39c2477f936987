import os
import pickle

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from small_run import same

from hmtl.training import checkpoints


def test_round_trip(tmp_path):
    state = {"w": torch.randn(3, 2), "n": [1, 2.5, None, "x"], "deep": {"t": (torch.arange(3), True)}}
    checkpoints.save(state, tmp_path / "a.th")
    assert same(checkpoints.load(tmp_path / "a.th"), state)
    assert [path.name for path in tmp_path.iterdir()] == ["a.th"]


@pytest.mark.parametrize("moment", ["replace", "fsync"])
def test_an_interrupt_before_the_renaming_leaves_the_old_file(moment, tmp_path, monkeypatch):
    path = tmp_path / "a.th"
    checkpoints.save({"epoch": 1}, path)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save({"epoch": 2}, path)
    assert checkpoints.load(path) == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.th"]


def test_the_whole_content_is_on_disk_before_the_renaming(tmp_path, monkeypatch):
    events = []
    monkeypatch.setattr(os, "fsync", lambda file: events.append(("fsync", os.fstat(file).st_size)))
    monkeypatch.setattr(os, "replace", lambda source, _: events.append(("replace", source.stat().st_size)))
    checkpoints.save({"w": torch.zeros(1000)}, tmp_path / "a.th")
    assert [name for name, _ in events] == ["fsync", "replace"]
    assert events[0][1] == events[1][1] > 4000


class Hostile:
    def __reduce__(self):
        return os.mkdir, ("pwned",)


@pytest.mark.parametrize("damage", ["empty", "cut", "text", "pickle"])
def test_what_is_no_checkpoint_gives_one_line(damage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "checkpoint.th"
    checkpoints.save({"w": torch.zeros(100)}, path)
    content = path.read_bytes()
    bad = {
        "empty": b"",
        "cut": content[: len(content) // 2],
        "text": b"hello\n",
        "pickle": pickle.dumps(Hostile(), 2),
    }
    path.write_bytes(bad[damage])
    with pytest.raises(ConfigurationError) as error:
        checkpoints.load(path)
    assert str(error.value).startswith(f"{path} ") and str(error.value).endswith("or train anew with --force")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "pwned").exists()


def test_a_best_file_for_each_task():
    assert checkpoints.best_of("ner") == "best_ner.th" != checkpoints.BEST


def store(directory, **options):
    return checkpoints.Checkpoints(directory, checkpoints.CheckpointOptions(**options))


def test_the_newest_are_kept_and_the_furthest_is_loaded(tmp_path):
    saved = store(tmp_path, keep=3)
    assert saved.load() is None
    for epoch, step in ((0, 9), (0, 10), (1, 10), (1, 11), (1, 100)):
        saved.save({"at": [epoch, step]}, epoch, step)
    assert [checkpoints.load(path)["at"] for path in saved.newest_first()] == [[1, 100], [1, 11], [1, 10]]
    assert saved.load()[0] == {"at": [1, 100]}


def test_a_damaged_one_is_set_aside_and_does_not_count(tmp_path, caplog):
    saved = store(tmp_path)
    for step in (1, 2):
        saved.save({"at": step, "w": torch.ones(50)}, 0, step)
    path = saved.newest_first()[0]
    content = bytearray(path.read_bytes())
    # a number of the tensor: the file can still be read
    content[content.index(torch.ones(50).numpy().tobytes()) + 7] ^= 1
    path.write_bytes(content)
    assert checkpoints.load(path)["at"] == 2
    assert saved.load()[0]["at"] == 1
    assert f"{path} is damaged" in caplog.text
    saved.save({"at": 2}, 0, 2)
    assert saved.load()[0] == {"at": 2}


def test_what_a_killed_run_has_half_written_is_removed(tmp_path):
    saved = store(tmp_path)
    saved.save({}, 0, 1)
    (saved.folder / "epoch_00000_step_000000002.th.part").write_bytes(b"half")
    saved.load()
    assert [path.name for path in saved.folder.iterdir()] == ["epoch_00000_step_000000001.th"]


def test_when_one_is_due(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])
    by_steps, by_minutes = (
        store(tmp_path, every_steps=3, every_minutes=None),
        store(tmp_path, every_minutes=2),
    )
    assert [by_steps.due(step) for step in range(1, 7)] == [False, False, True, False, False, True]
    now[0] = 119.0
    assert not by_minutes.due(1)
    now[0] = 120.0
    assert by_minutes.due(1)
    by_minutes.save({}, 0, 1)
    assert not by_minutes.due(2)


@pytest.mark.parametrize("key", ["every_steps", "every_minutes", "keep"])
def test_options_out_of_range_give_one_line(key):
    with pytest.raises(ConfigurationError, match=f"trainer.checkpoints.{key} is 0; give more than 0"):
        checkpoints.CheckpointOptions(**{key: 0})
