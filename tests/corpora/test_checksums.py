"""What a file holds is compared, not how it is compressed."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from corpora.helpers import corpus, sha256
from hmtl.corpora import CorpusError, File, faults, locked
from hmtl.corpora.checksums import digest, fault, lock, lock_path


def test_compression_does_not_matter(tmp_path: Path) -> None:
    content, digests = b"words\n" * 1000, set()
    for level in (None, 1, 9):
        path = tmp_path / f"f{level}"
        path.write_bytes(content if level is None else gzip.compress(content, level, mtime=0))
        digests.add(digest(path, len(content)))
    assert digests == {hashlib.sha256(content).hexdigest()}


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "f.gz").write_bytes(gzip.compress(bytes(1 << 24)))
    with pytest.raises(CorpusError, match="f.gz: holds more than 100 bytes"):
        digest(tmp_path / "f.gz", 100)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"right", None),
        (b"wrong", "has the checksum"),
        (b"too long", "holds more than 5 bytes"),
        (gzip.compress(b"right", mtime=0), None),
        (gzip.compress(b"right", mtime=0)[:-9], "cannot be unpacked"),
        (None, "is missing"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, content: bytes | None, cause: str | None) -> None:
    if content is not None:
        (tmp_path / "f").write_bytes(content)
    found = fault(File("f", bytes=5, sha256=sha256(b"right")), tmp_path / "f")
    assert found is None if cause is None else found is not None and found.startswith(cause)


def test_only_an_extra_may_be_missing(tmp_path: Path) -> None:
    missing = [line.rpartition(": ")[0] for line in faults(corpus(), tmp_path)]
    assert missing == [
        str(tmp_path / "small" / name) for name in ("plain.txt", "zipped.txt.gz", "texts.tar.gz")
    ]


def test_a_checksum_that_nobody_knew_is_recorded_and_holds(tmp_path: Path) -> None:
    known = corpus()
    unknown = replace(known, files=(replace(known.files[0], bytes=None, sha256=None), *known.files[3:]))
    assert locked(unknown, tmp_path) == unknown
    path = tmp_path / "small" / "plain.txt"
    path.parent.mkdir()
    path.write_bytes(b"at first")
    lock(unknown, tmp_path)
    assert lock_path(unknown, tmp_path).read_text() == f"{sha256(b'at first')}  small/plain.txt\n"
    assert faults(locked(unknown, tmp_path), tmp_path) == []
    path.write_bytes(b"later")
    assert "has the checksum" in faults(locked(unknown, tmp_path), tmp_path)[0]


def test_the_catalogue_has_the_last_word(tmp_path: Path) -> None:
    lock_path(corpus(), tmp_path).write_text(f"{'0' * 64}  small/plain.txt\n")
    assert locked(corpus(), tmp_path) == corpus()


def test_a_bad_line_of_the_record_is_named(tmp_path: Path) -> None:
    lock_path(corpus(), tmp_path).write_text(f"{'0' * 64}  small/plain.txt\nnonsense\n")
    with pytest.raises(CorpusError, match="small.sha256:2: is no line"):
        locked(corpus(), tmp_path)
