"""A corpus is there whole or not at all, from the web as from a copy."""

from __future__ import annotations

import gzip
import tarfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from corpora.helpers import MEMBERS, PLAIN, ZIPPED, Server, breaks_off, corpus, fails, send, tar
from hmtl.corpora import (
    Copy,
    CorpusError,
    Downloader,
    Origin,
    Unavailable,
    Web,
    corpora,
    faults,
    install,
    is_installed,
)
from hmtl.corpora.checksums import lock_path
from hmtl.corpora.install import stage
from hmtl.formats.streams import whole


def web(folder: Path) -> Origin:
    return Web(folder, Downloader(1, 1.0, 0.0), lambda size: None)


def test_from_the_web(server: Server, tmp_path: Path) -> None:
    assert install(corpus(), tmp_path, web) == []
    folder = tmp_path / "small"
    assert (folder / "plain.txt").read_bytes() == PLAIN
    assert gzip.decompress((folder / "zipped.txt.gz").read_bytes()) == ZIPPED
    assert contents(folder / "texts.tar.gz") == MEMBERS
    assert list(tmp_path.iterdir()) == [folder] and is_installed(corpus(), tmp_path)


def test_from_a_copy(server: Server, tmp_path: Path) -> None:
    install(corpus(), tmp_path / "one", web)
    server.content.clear()
    install(corpus(), tmp_path / "two", lambda folder: Copy(tmp_path / "one"))
    assert faults(corpus(), tmp_path / "two") == [] and [p.name for p in (tmp_path / "two").iterdir()] == [
        "small"
    ]


def test_a_copy_with_another_content_is_refused(server: Server, tmp_path: Path) -> None:
    install(corpus(), tmp_path / "one", web)
    (tmp_path / "one" / "small" / "plain.txt").write_bytes(b"other")
    with pytest.raises(Unavailable, match="one/small/plain.txt: has the checksum .*; name another folder"):
        install(corpus(), tmp_path / "two", lambda folder: Copy(tmp_path / "one"))
    assert list((tmp_path / "two").iterdir()) == []


def test_an_extra_may_be_left_out(server: Server, tmp_path: Path) -> None:
    server.content = {path: content for path, content in server.content.items() if "LICENSE" not in path}
    [left_out] = install(corpus(), tmp_path, web)
    assert "LICENSE: 404 Not Found" in left_out and is_installed(corpus(), tmp_path)


def test_another_content_is_refused(server: Server, tmp_path: Path) -> None:
    path = next(path for path in server.content if path.endswith("zipped.txt"))
    server.content[path] = b"sign in to this network"
    with pytest.raises(Unavailable, match="zipped.txt: has the checksum .*; something on the way changes it"):
        install(corpus(), tmp_path, web)
    assert not (tmp_path / "small").exists()


def test_the_next_run_fetches_only_what_is_missing(server: Server, tmp_path: Path) -> None:
    server.habits = [lambda request: send(request, PLAIN), breaks_off(ZIPPED, 100)]
    with pytest.raises(CorpusError, match="zipped.txt: cannot be fetched .broke off after 100 of"):
        install(corpus(), tmp_path, web)
    assert not (tmp_path / "small").exists() and stage(corpus(), tmp_path).exists()
    server.paths.clear(), server.ranges.clear()
    install(corpus(), tmp_path, web)
    assert [path.rpartition("/")[2] for path in server.paths][0] == "zipped.txt"
    assert server.ranges == ["bytes=100-", None, None]
    assert faults(corpus(), tmp_path) == [] and not stage(corpus(), tmp_path).exists()


def test_a_part_of_something_else_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    received = stage(corpus(), tmp_path) / "received"
    received.mkdir(parents=True)
    (received / "small_plain.txt.part").write_bytes(b"x" * 50)
    install(corpus(), tmp_path, web)
    assert faults(corpus(), tmp_path) == [] and server.ranges[:2] == ["bytes=50-", None]


def test_an_interruption_leaves_no_corpus(server: Server, tmp_path: Path) -> None:
    class Tired(Web):
        def _archive(self, repository: str) -> Path:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(corpus(), tmp_path, lambda folder: Tired(folder, Downloader(), lambda size: None))
    assert not (tmp_path / "small").exists()
    install(corpus(), tmp_path, web)
    assert is_installed(corpus(), tmp_path)


def test_what_is_there_is_replaced_only_by_force(server: Server, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "plain.txt").write_bytes(b"mine")
    with pytest.raises(CorpusError, match="small/plain.txt: has the checksum .*replace .*small with --force"):
        is_installed(corpus(), tmp_path)
    assert not is_installed(corpus(), tmp_path, force=True)
    install(corpus(), tmp_path, web)
    assert is_installed(corpus(), tmp_path) and [path.name for path in tmp_path.iterdir()] == ["small"]


def test_what_is_there_stays_where_the_new_cannot_be_had(server: Server, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "mine.txt").write_bytes(b"mine")
    server.habits = [fails(500)]
    with pytest.raises(CorpusError):
        install(corpus(), tmp_path, web)
    assert (tmp_path / "small" / "mine.txt").read_bytes() == b"mine"


def test_the_first_fetch_decides_what_is_right(server: Server, tmp_path: Path) -> None:
    known = corpus()
    unknown = replace(known, files=(replace(known.files[0], bytes=None, sha256=None), *known.files[1:]))
    install(unknown, tmp_path, web)
    assert "small/plain.txt" in lock_path(unknown, tmp_path).read_text() and is_installed(unknown, tmp_path)
    server.content[next(path for path in server.content if path.endswith("plain.txt"))] = b"other"
    with pytest.raises(Unavailable, match="plain.txt: has the checksum"):
        install(unknown, tmp_path, web)
    assert (tmp_path / "small" / "plain.txt").read_bytes() == PLAIN


def test_an_archive_that_breaks_off_is_not_believed(server: Server, tmp_path: Path) -> None:
    def no_length(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(server.content[request.path][:60])

    server.habits = [lambda request: send(request, server.content[request.path])] * 2 + [no_length]
    with pytest.raises(CorpusError, match="tar.gz: cannot be unpacked .*run again"):
        install(corpus(), tmp_path, web)
    assert not (tmp_path / "small").exists()
    install(corpus(), tmp_path, web)
    assert is_installed(corpus(), tmp_path)


@pytest.mark.parametrize(
    "name", [name for name, known in corpora().items() if known.files and name != "wnut17"]
)
def test_the_catalogue_fits_what_is_published(
    server: Server, data_root: Path, tmp_path: Path, name: str
) -> None:
    """The copies, laid out as in the repositories that they are from, give the copies again."""
    archives: dict[str, dict[str, bytes]] = {}
    for file in corpora()[name].files:
        path = data_root / file.path
        repository, _, commit = file.repository.partition("@")
        if file.members:
            archives.setdefault(f"/{repository}/tar.gz/{commit}", {}).update(contents(path))
        elif file.source and not file.recipe and path.is_file():
            raw = path.read_bytes() if file.source.endswith(".gz") else whole(path, 1 << 26)
            server.content[f"/{repository}/{commit}/{file.source}"] = raw
    for address, files in archives.items():
        server.content[address] = gzip.compress(tar({f"top/{path}": data for path, data in files.items()}), 1)
    left_out = install(corpora()[name], tmp_path, web)
    assert all("train" in line and "404" in line for line in left_out)
    assert is_installed(corpora()[name], tmp_path)


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed}  # type: ignore[union-attr]
