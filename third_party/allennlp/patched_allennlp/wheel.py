"""Reads and writes wheels: the same members always give the same bytes."""

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

# The oldest time that a zip can hold: a wheel's bytes must not depend on when it was built.
TIMESTAMP = (1980, 1, 1, 0, 0, 0)
MODE = 0o100644


def read_wheel(path: Path) -> dict[str, bytes]:
    """The members of a wheel by name, without directories."""
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


def write_wheel(directory: Path, members: Mapping[str, bytes]) -> str:
    """Write `members` with a fresh RECORD as one pure-Python wheel; returns its file name."""
    (metadata_name,) = [name for name in members if name.endswith(".dist-info/METADATA")]
    dist_info = metadata_name.rsplit("/", 1)[0]
    record = f"{dist_info}/RECORD"
    contents = {name: data for name, data in members.items() if name != record}
    # The specification asks for the metadata at the end of the file.
    order = sorted(contents, key=lambda name: (name.startswith(dist_info), name))
    file_name = f"{dist_info.removesuffix('.dist-info')}-py3-none-any.whl"
    with zipfile.ZipFile(directory / file_name, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in order:
            _write(archive, name, contents[name])
        _write(archive, record, _record(contents, order, record))
    return file_name


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, TIMESTAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, whatever builds it: the permission bits below are Unix's.
    info.external_attr = MODE << 16
    archive.writestr(info, data)


def _record(contents: Mapping[str, bytes], order: list[str], record: str) -> bytes:
    lines = [f"{name},{_digest(contents[name])},{len(contents[name])}" for name in order]
    return ("\n".join([*lines, f"{record},,"]) + "\n").encode()


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
