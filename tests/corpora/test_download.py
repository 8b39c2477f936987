"""A file arrives whole and as it is, whatever the server does, or not at all."""

from __future__ import annotations

import time
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from urllib.request import Request

import pytest

from corpora.helpers import Server, breaks_off, fails
from hmtl.corpora import CorpusError, Downloader, Unavailable
from hmtl.corpora.download import HttpsOnly

CONTENT = bytes(range(256)) * 1000


def fetch(server: Server, path: Path, limit: int = len(CONTENT), resume: bool = True) -> bool:
    return Downloader(3, 1.0, 0.0).fetch(f"{server.address}/f", path, limit, lambda size: None, resume)


@pytest.fixture(autouse=True)
def content(server: Server) -> None:
    server.content["/f"] = CONTENT


def test_a_file_is_fetched_and_nothing_else_is_left(server: Server, tmp_path: Path) -> None:
    assert not fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT and len(list(tmp_path.iterdir())) == 1


def test_the_bytes_are_counted(server: Server, tmp_path: Path) -> None:
    counted: list[int] = []
    Downloader().fetch(f"{server.address}/f", tmp_path / "f", len(CONTENT), counted.append)
    assert sum(counted) == len(CONTENT)


def test_a_download_that_breaks_off_goes_on(server: Server, tmp_path: Path) -> None:
    server.habits = [breaks_off(CONTENT, 1000), fails(503)]
    assert fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=1000-", "bytes=1000-"]


def test_the_next_run_goes_on(server: Server, tmp_path: Path) -> None:
    server.habits = [breaks_off(CONTENT, 1000), fails(500), fails(429)]
    with pytest.raises(CorpusError, match="429 Too Many Requests.; check the network"):
        fetch(server, tmp_path / "f")
    assert not (tmp_path / "f").exists()
    assert fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT and server.ranges[-1] == "bytes=1000-"


def test_nothing_is_resumed_that_no_checksum_will_judge(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(b"other")
    server.habits = [breaks_off(CONTENT, 1000)]
    assert not fetch(server, tmp_path / "f", resume=False)
    assert (tmp_path / "f").read_bytes() == CONTENT and server.ranges == [None, None]


def test_a_server_that_cannot_resume_begins_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(CONTENT[:1000])
    server.habits = [breaks_off(CONTENT, len(CONTENT))]
    assert not fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT and server.ranges == ["bytes=1000-"]


def test_another_part_than_asked_for_is_not_appended(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(CONTENT[:1000])

    def other_range(request: BaseHTTPRequestHandler) -> None:
        request.send_response(206)
        request.send_header("Content-Range", f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}")
        request.end_headers()
        request.wfile.write(CONTENT)

    server.habits = [other_range]
    fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_dropped(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(CONTENT + b"more")
    assert not fetch(server, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_missing_file_is_asked_for_once(server: Server, tmp_path: Path) -> None:
    server.content.clear()
    with pytest.raises(Unavailable, match="/f: 404 Not Found; .*--from DIR"):
        fetch(server, tmp_path / "f")
    assert server.paths == ["/f"]


@pytest.mark.parametrize("says_so", [True, False])
def test_what_is_too_large_is_refused(server: Server, tmp_path: Path, says_so: bool) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if says_so:
            request.send_header("Content-Length", "1000000000000")
        request.end_headers()
        try:
            while True:
                request.wfile.write(bytes(1 << 16))
        except OSError:
            pass

    server.habits = [endless]
    with pytest.raises(CorpusError, match="more than the 200000 bytes that it may"):
        fetch(server, tmp_path / "f", limit=200000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["http://127.0.0.1/f", "ftp://127.0.0.1/f", "file:///etc/hostname"])
def test_a_redirect_that_leaves_https_is_refused(server: Server, tmp_path: Path, target: str) -> None:
    def redirects(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", target)
        request.end_headers()

    server.habits = [redirects]
    with pytest.raises(CorpusError, match="which is not https|is not allowed"):
        fetch(server, tmp_path / "f")
    assert server.paths == ["/f"]


def test_a_redirect_to_https_is_followed() -> None:
    request = HttpsOnly().redirect_request(
        Request("https://a.example/f"), BytesIO(), 302, "Found", HTTPMessage(), "https://b.example/f"
    )
    assert request and request.full_url == "https://b.example/f"


def test_a_silent_server_is_given_up(server: Server, tmp_path: Path) -> None:
    server.habits = [lambda request: time.sleep(0.5)] * 2
    with pytest.raises(CorpusError, match=r"cannot be fetched .timed out."):
        Downloader(2, 0.1, 0.0).fetch(f"{server.address}/f", tmp_path / "f", 10, lambda size: None)
    assert server.paths == ["/f", "/f"]


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(CorpusError, match=r"cannot be fetched .*Connection refused.*check the network"):
        # nobody listens at the first port
        Downloader(2, 1.0, 0.0).fetch("http://127.0.0.1:1/f", tmp_path / "f", 10, lambda size: None)
