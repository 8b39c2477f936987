"""A small corpus, and a server on this machine that has its repository and every bad habit of servers."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hmtl.corpora.catalogue import Corpus, File

REPOSITORY = "some/repo@0123456789abcdef0123456789abcdef01234567"
PLAIN, ZIPPED = b"a plain file\n" * 900, b"a file that is compressed here\n" * 500
MEMBERS = {"texts/a.txt": b"first\n", "texts/b.txt": b"second\n"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tar(files: dict[str, bytes], **options: object) -> bytes:
    """A tar archive of plain files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def corpus() -> Corpus:
    """Four files: one as it is, one that is compressed, one that is packed, one that it can do without."""
    packed = tar(dict(sorted(MEMBERS.items())), format=tarfile.PAX_FORMAT)

    def file(path: str, content: bytes, source: str = "", **more: object) -> File:
        known = {"bytes": len(content), "sha256": sha256(content)}
        return File(f"small/{path}", REPOSITORY, source, **(known | more))  # type: ignore[arg-type]

    files = (
        file("plain.txt", PLAIN, "data/plain.txt"),
        file("zipped.txt.gz", ZIPPED, "data/zipped.txt"),
        file("texts.tar.gz", packed, members=("texts/*.txt",)),
        file("LICENSE", b"free\n", "LICENSE", extra=True),
    )
    return Corpus("small", "NER", "tiny", "CC0", "Nobody (2000), Nothing", "Read: format `spans`.", files)


class Server:
    """Answers `GET`; `paths` are asked for in this order.

    `content` is by path. `habits` are functions, one for each request in turn, that answer in place of it.
    """

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.habits: list[Callable[[BaseHTTPRequestHandler], None]] = []
        self.paths: list[str] = []
        self.ranges: list[str | None] = []
        self.address = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        self.ranges.append(request.headers["Range"])
        if self.habits:
            self.habits.pop(0)(request)
        elif request.path not in self.content:
            request.send_error(404)
        else:
            send(request, self.content[request.path])

    @contextmanager
    def running(self) -> Iterator[Server]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.address = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            yield self
            server.shutdown()
            thread.join()


def send(request: BaseHTTPRequestHandler, content: bytes) -> None:
    """Sends content, of which a range may have been asked for."""
    start = int((request.headers["Range"] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
    if start >= len(content) > 0:
        request.send_error(416)
        return
    request.send_response(206 if start else 200)
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    request.send_header("Content-Length", str(len(content) - start))
    request.end_headers()
    request.wfile.write(content[start:])


def breaks_off(content: bytes, after: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Promises all of the content and sends its beginning."""

    def habit(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[:after])

    return habit


def fails(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda request: request.send_error(status)


def serve(server: Server) -> None:
    """Gives the server the repository of the small corpus."""
    top, archive = "repo-0123456", {"README.md": b"read\n", **MEMBERS, "texts/deep/c.txt": b"not asked for\n"}
    name, commit = REPOSITORY.split("@")
    raw = {"data/plain.txt": PLAIN, "data/zipped.txt": ZIPPED, "LICENSE": b"free\n"}
    server.content = {f"/{name}/{commit}/{path}": content for path, content in raw.items()}
    packed = gzip.compress(tar({f"{top}/{path}": content for path, content in archive.items()}))
    server.content[f"/{name}/tar.gz/{commit}"] = packed
