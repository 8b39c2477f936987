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
