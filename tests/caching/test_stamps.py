import os
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.caching import stamps
from hmtl.caching.stamps import SETTLED, Stamp, check_unchanged, input_files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("one")
    return tmp_path / "a.txt"


def test_the_same_bytes_have_the_same_digest(path: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("one")
    (tmp_path / "c.txt").write_text("two")
    a, b, c = stamps.stamps([path, tmp_path / "b.txt", tmp_path / "c.txt"], {}).values()
    assert a.digest == b.digest != c.digest


def test_a_file_that_may_have_changed_is_read_again(path: Path) -> None:
    (before,) = stamps.stamps([path], {}).values()
    # as quick as to leave times and size as they were
    path.write_text("two")
    os.utime(path, ns=(before.modified, before.modified))
    (after,) = stamps.stamps([path], {str(path): before}).values()
    assert after.digest != before.digest


def test_a_file_that_cannot_have_changed_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (before,) = stamps.stamps([path], {}).values()
    settled = Stamp(before.digest, *before.state, before.seen + 2 * SETTLED)
    monkeypatch.setattr(Path, "open", None)
    assert stamps.stamps([path], {str(path): settled}) == {str(path): settled}


def test_a_change_while_it_is_read_is_told(path: Path) -> None:
    found = stamps.stamps([path], {})
    check_unchanged(found)
    path.write_text("longer")
    with pytest.raises(ConfigurationError, match=r"a\.txt: has changed while it was read; begin again"):
        check_unchanged(found)
    path.unlink()
    with pytest.raises(ConfigurationError, match="has changed"):
        check_unchanged(found)


def test_what_lies_below_a_folder_belongs_to_it(path: Path, tmp_path: Path) -> None:
    for name in ("in/b.ann", "in/deep/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    files = input_files([tmp_path / "in", path, tmp_path / "none"])
    assert files == [path, tmp_path / "in/b.ann", tmp_path / "in/deep/c.txt"]


def test_a_file_that_cannot_be_read_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigurationError, match=r"a\.txt: cannot be read \(Permission denied\)"):
        stamps.stamps([path], {})
