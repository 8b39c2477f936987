import gzip
import io
import tarfile
from pathlib import Path

import pytest

from hmtl.formats.archives import archived_files, is_archive
from hmtl.formats.format import FormatError

LIMIT = 1 << 20


def pack(path: Path, members: list[tarfile.TarInfo | tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return path


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def test_wanted_members_come_in_order_and_nothing_is_unpacked(tmp_path: Path) -> None:
    folder = link("x", tarfile.DIRTYPE)
    path = pack(
        tmp_path / "a.tar.gz", [("x/b.tsv", b"2\n"), folder, ("x/a.b.tsv", b"1\r\n"), ("x/c.txt", b"3")]
    )
    files = archived_files(path, (".tsv",), LIMIT)
    assert [(file.name, file.stem) for file in files] == [
        (f"{path}/x/a.b.tsv", "x/a.b"),
        (f"{path}/x/b.tsv", "x/b"),
    ]
    assert [list(file.lines) for file in files] == [[(1, "1")], [(1, "2")]]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["../x.tsv", "/x.tsv", "a/../../x.tsv"])
def test_names_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "a.tgz", [(name, b"x")])
    with pytest.raises(FormatError, match=r"a.tgz: member '.*x.tsv' is no plain file inside the archive"):
        archived_files(path, (".tsv",), LIMIT)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = pack(tmp_path / "a.tar.gz", [("x.tsv", b"x"), link("y.tsv", kind)])
    with pytest.raises(FormatError, match="member 'y.tsv' is no plain file"):
        archived_files(path, (".tsv",), LIMIT)


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar.gz", [("x.tsv", b"\0" * (2 * LIMIT))])
    with pytest.raises(FormatError, match="a.tar.gz: has over 1 MB that must be in memory at once"):
        archived_files(path, (".tsv",), LIMIT)


def test_an_archive_without_wanted_members_names_the_endings(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar.gz", [("x.txt", b"x")])
    with pytest.raises(FormatError, match=r"a.tar.gz: holds no file that ends in .tsv, .conll"):
        archived_files(path, (".tsv", ".conll"), LIMIT)


@pytest.mark.parametrize("cut", [100, 600])
def test_a_damaged_archive_is_named(tmp_path: Path, cut: int) -> None:
    path = pack(tmp_path / "a.tar.gz", [("x.tsv", bytes(range(256)) * 9)])
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:cut]))
    with pytest.raises(FormatError, match=r"a.tar.gz: is no tar archive \(.*\); the file is damaged"):
        archived_files(path, (".tsv",), LIMIT)


def test_archives_are_told_by_name(tmp_path: Path) -> None:
    assert is_archive(pack(tmp_path / "a.tar.gz", []))
    assert not is_archive(tmp_path / "none.tar.gz") and not is_archive(tmp_path)
