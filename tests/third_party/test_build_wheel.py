"""The whole build, from the wheel that upstream released: skipped where pip cannot have it."""

import email
import importlib.metadata
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from patched_allennlp import backend, metadata, upstream, without
from patched_allennlp.errors import BuildError
from patched_allennlp.patches import PATCHES
from patched_allennlp.wheel import read_wheel
from test_build_patching import assert_record_verifies


@pytest.fixture(scope="module")
def upstream_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_RETRIES", "0")
        patch.setenv("PIP_DEFAULT_TIMEOUT", "10")
        try:
            return upstream.obtain(tmp_path_factory.mktemp("upstream"))
        except BuildError as error:
            pytest.skip(f"needs the upstream wheel; {upstream.WHEEL_VARIABLE} may name one ({error})")


@pytest.fixture(scope="module")
def built(upstream_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(upstream.WHEEL_VARIABLE, str(upstream_wheel))
        return directory / backend.build_wheel(str(directory))


def test_record_verifies(built: Path) -> None:
    assert_record_verifies(built)


def test_every_python_file_compiles(built: Path) -> None:
    for name, data in read_wheel(built).items():
        if name.endswith(".py"):
            compile(data, name, "exec")


def test_only_patched_files_differ_and_say_so(built: Path, upstream_wheel: Path) -> None:
    ours, theirs = read_wheel(built), read_wheel(upstream_wheel)
    package = {name for name in theirs if not name.startswith(metadata.OLD_DIST_INFO)}
    changed = {name for name in package if ours[name] != theirs[name]}
    assert changed == {patch.file for patch in PATCHES}
    assert all(b"# Modified by the HMTL project" in ours[name][:200] for name in changed)
    assert ours[f"{metadata.NEW_DIST_INFO}/LICENSE"] == theirs[f"{metadata.OLD_DIST_INFO}/LICENSE"]


def test_this_environment_meets_the_bounds(built: Path) -> None:
    card = email.message_from_bytes(read_wheel(built)[f"{metadata.NEW_DIST_INFO}/METADATA"])
    assert Version(card["Version"]).local == "hmtl.5"
    for text in card.get_all("Requires-Dist"):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            version = importlib.metadata.version(requirement.name)
            assert requirement.specifier.contains(version, prereleases=True), text


def test_the_installed_package_is_this_one(built: Path) -> None:
    """Otherwise the tests of the patches would test another table."""
    installed = Path(str(importlib.metadata.distribution("allennlp").locate_file("")))
    with zipfile.ZipFile(built) as wheel:
        for name in {patch.file for patch in PATCHES}:
            assert (installed / name).read_bytes() == wheel.read(name), (
                f"reinstall third_party/allennlp: {name}"
            )


def test_one_patch_can_be_left_out(
    upstream_wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(upstream.WHEEL_VARIABLE, str(upstream_wheel))
    without.unpack("6 devices", tmp_path)
    assert "return torch.device(device)" in (tmp_path / "allennlp" / "common" / "util.py").read_text()
    with pytest.raises(BuildError, match="no patch '6 device'"):
        without.unpack("6 device", tmp_path)
