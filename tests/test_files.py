from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.files import replacing


def test_the_new_file_takes_the_olds_place_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="stop"), replacing(path) as file:
        file.write(b"half")
        raise ValueError("stop")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_gives_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="cannot be written .No such file or directory."),
        replacing(tmp_path / "no" / "f"),
    ):
        pass
