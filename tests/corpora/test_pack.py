"""Only what is asked for leaves an archive, and equal files make equal archives."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from corpora.helpers import tar
from hmtl.corpora import CorpusError
from hmtl.corpora.pack import members, pack

PATTERNS = ("texts/*.txt",)


def archive(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    return path


def test_the_files_that_match(tmp_path: Path) -> None:
    files = {
        "r/texts/a.txt": b"a",
        "r/texts/b.md": b"b",
        "r/texts/deep/c.txt": b"c",
        "r/d.txt": b"d",
        "texts/e.txt": b"e",
    }
    assert members(archive(tmp_path, gzip.compress(tar(files))), PATTERNS, 1) == {"texts/a.txt": b"a"}


@pytest.mark.parametrize("name", ["../texts/a.txt", "/texts/a.txt", "r/../texts/a.txt", "r/texts/../a.txt"])
def test_names_that_leave_the_archive_reach_nothing(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path, gzip.compress(tar({name: b"bad", "r/texts/b.txt": b"good"})))
    found = members(path, PATTERNS, 10)
    assert set(found) <= {"texts/a.txt", "texts/b.txt"}
    assert found["texts/b.txt"] == b"good" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        member = tarfile.TarInfo("r/texts/a.txt")
        member.type, member.linkname = kind, "/etc/hostname"
        out.addfile(member)
    with pytest.raises(CorpusError, match="'r/texts/a.txt' is no plain file"):
        members(archive(tmp_path, gzip.compress(buffer.getvalue())), PATTERNS, 1000)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = archive(
        tmp_path, gzip.compress(tar({"r/texts/a.txt": bytes(10), "r/texts/b.txt": bytes(1 << 20)}))
    )
    with pytest.raises(CorpusError, match="'r/texts/b.txt' is larger than it may be"):
        members(path, PATTERNS, 1000)


@pytest.mark.parametrize("keep", [1, 20, 60])
def test_damage_is_named(tmp_path: Path, keep: int) -> None:
    whole = gzip.compress(tar({"r/texts/a.txt": bytes(1000)}))
    with pytest.raises(CorpusError, match="a.tar.gz: .*; run again"):
        members(archive(tmp_path, whole[:keep]), PATTERNS, 1000)


def test_an_archive_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no texts/\*.txt"):
        members(archive(tmp_path, gzip.compress(tar({"r/a.txt": b""}))), PATTERNS, 10)


def test_packing_depends_on_nothing_but_the_files(tmp_path: Path) -> None:
    pack({"b": b"2", "a": b"1"}, tmp_path / "x.tar.gz")
    pack({"a": b"1", "b": b"2"}, tmp_path / "y.tar.gz")
    assert (tmp_path / "x.tar.gz").read_bytes() == (tmp_path / "y.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "x.tar.gz") as packed:
        assert packed.getnames() == ["a", "b"]
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in packed} == {(0, 0, 0, "", "")}
