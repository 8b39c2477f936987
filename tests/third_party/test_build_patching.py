"""The table is applied exactly or not at all, and the wheel's own bookkeeping is right."""

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from patched_allennlp import backend, metadata, upstream
from patched_allennlp.errors import BuildError
from patched_allennlp.patches import PATCHES
from patched_allennlp.patching import Patch, add_files, apply_patches
from patched_allennlp.wheel import read_wheel, write_wheel

OLD = "Metadata-Version: 2.1\nName: allennlp\nVersion: 2.10.1\nLicense: Apache\nRequires-Python: >=3.7.1\n"
OLD += (
    "Requires-Dist: torch (<1.13.0,>=1.10.0)\nProvides-Extra: all\n\nThe description.\nVersion: of the text\n"
)


def _patch(find: str, count: int = 1, file: str = "a.py") -> Patch:
    return Patch(name="7 test", file=file, find=find, replace="new", count=count, why="a test")


def test_replaces_and_marks_the_file() -> None:
    members = apply_patches({"a.py": b"#!/bin/sh\nold text\n", "b.py": b"old"}, [_patch("old")])
    first, notice, rest = members["a.py"].decode().split("\n", 2)
    assert (first, rest) == ("#!/bin/sh", "new text\n")
    assert notice.startswith("# Modified by") and "7 test" in notice
    assert members["b.py"] == b"old"


def test_several_patches_of_one_file_build_on_each_other() -> None:
    members = apply_patches({"a.py": b"one two"}, [_patch("one"), _patch("new two")])
    assert members["a.py"].decode().endswith("\nnew")


@pytest.mark.parametrize(("text", "count"), [("nothing", 1), ("old old", 1), ("old", 2)])
def test_another_count_stops_the_build_and_names_the_patch(text: str, count: int) -> None:
    with pytest.raises(
        BuildError, match=rf"'7 test': a.py holds its text {text.count('old')} times, expected {count}"
    ):
        apply_patches({"a.py": text.encode()}, [_patch("old", count)])


def test_a_missing_file_stops_the_build() -> None:
    with pytest.raises(BuildError, match="'7 test': upstream has no file c.py"):
        apply_patches({"a.py": b"old"}, [_patch("old", file="c.py")])


def test_added_files_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "new.py").write_text("x = 1\n")
    assert add_files({"a.py": b""}, tmp_path)["pkg/new.py"] == b"x = 1\n"
    with pytest.raises(BuildError, match="pkg/new.py exists upstream"):
        add_files({"pkg/new.py": b""}, tmp_path)


def test_every_patch_has_its_reason() -> None:
    for patch in PATCHES:
        assert patch.why.strip() and patch.find.strip() and patch.find != patch.replace, patch.name


def test_another_wheel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / upstream.FILE_NAME
    wheel.write_bytes(b"another")
    monkeypatch.setenv(upstream.WHEEL_VARIABLE, str(wheel))
    with pytest.raises(BuildError, match=f"{upstream.FILE_NAME} has sha256 .*, expected {upstream.SHA256}"):
        backend.build_wheel(str(tmp_path))


def test_a_named_wheel_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(upstream.WHEEL_VARIABLE, str(tmp_path / "none.whl"))
    with pytest.raises(BuildError, match=f"{upstream.WHEEL_VARIABLE} names .*none.whl"):
        upstream.obtain(tmp_path)


def test_no_source_distribution(tmp_path: Path) -> None:
    with pytest.raises(backend.UnsupportedOperation, match="build a wheel"):
        backend.build_sdist(str(tmp_path))


def test_metadata_is_rewritten_and_nothing_else() -> None:
    head, description = metadata.rewrite(OLD).split("\n\n")
    assert description == "The description.\nVersion: of the text\n"
    assert f"Version: {metadata.LOCAL_VERSION}" in head.split("\n") and "License: Apache" in head
    assert "<1.13.0" not in head and "Provides-Extra: all" not in head


def test_metadata_of_another_shape_is_refused() -> None:
    with pytest.raises(BuildError, match="expected version 2.1 of allennlp"):
        metadata.rewrite(OLD.replace("2.1\n", "9.0\n", 1))


def test_bounds_are_requirements_and_extras_exist() -> None:
    requirements = [Requirement(text) for text in metadata.REQUIRES]
    assert len({requirement.name for requirement in requirements}) == len(requirements)
    for requirement in requirements:
        if requirement.marker is not None and "extra" in str(requirement.marker):
            assert any(requirement.marker.evaluate({"extra": extra}) for extra in metadata.EXTRAS)


@pytest.fixture
def members() -> dict[str, bytes]:
    """A package as small as can be, under its new name."""
    old = {"pkg/__init__.py": b"", "pkg/a.py": b"x = 1\n", "allennlp-2.10.1.dist-info/METADATA": OLD.encode()}
    return metadata.relabel({**old, "allennlp-2.10.1.dist-info/RECORD": b"stale"})


def assert_record_verifies(wheel: Path) -> None:
    """Each member but RECORD itself stands in it once, with its digest and size."""
    files = read_wheel(wheel)
    (record,) = [name for name in files if name.endswith("/RECORD")]
    rows = {
        name: (digest, size) for name, digest, size in csv.reader(io.StringIO(files.pop(record).decode()))
    }
    assert rows.pop(record) == ("", "")
    assert rows.keys() == files.keys()
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert rows[name] == (f"sha256={digest}", str(len(data)))


def test_record_verifies(members: dict[str, bytes], tmp_path: Path) -> None:
    name = write_wheel(tmp_path, members)
    assert name == f"allennlp-{metadata.LOCAL_VERSION}-py3-none-any.whl"
    assert_record_verifies(tmp_path / name)
    assert read_wheel(tmp_path / name)["pkg/a.py"] == b"x = 1\n"


def test_the_same_members_give_the_same_bytes(members: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    name = write_wheel(tmp_path, members)
    write_wheel(tmp_path / "again", dict(reversed(members.items())))
    assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_metadata_stands_last(members: dict[str, bytes], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / write_wheel(tmp_path, members)) as wheel:
        inside = [".dist-info/" in name for name in wheel.namelist()]
    assert inside == sorted(inside)
