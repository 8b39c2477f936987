"""One file from the web: resumed, tried again, over https, and never larger than it may be."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from hmtl.corpora.errors import CorpusError, Unavailable

CHUNK = 1 << 16
PASSING = {408, 425, 429}
"""Statuses below 500 that may be different in a moment."""

Progress = Callable[[int], object]


class Interrupted(Exception):
    """A download that broke off for a reason that may pass."""


class HttpsOnly(HTTPRedirectHandler):
    """Follows a redirect to https and to nothing else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme != "https":
            raise CorpusError(
                f"{req.full_url}: redirects to {newurl}, which is not https; use another network"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Downloader:
    """Fetches files.

    # Parameters

    attempts : how often to try.
    timeout : seconds to wait for a connection or for the next bytes.
    pause : seconds before the second attempt; before each further one twice as long.
    """

    def __init__(self, attempts: int = 4, timeout: float = 30.0, pause: float = 1.0) -> None:
        self.attempts, self.timeout, self.pause = attempts, timeout, pause
        self.opener = build_opener(HttpsOnly)

    def fetch(self, url: str, path: Path, limit: int, progress: Progress, resume: bool = True) -> bool:
        """Puts at `path` what the address holds, whole; returns whether it was put together from parts.

        What was received before a failure stays beside it in a `.part` file, from which `resume` goes on.
        Raises `Unavailable` where the server has no such file or one beyond `limit` bytes, `CorpusError` at a
        redirect that leaves https, and where all attempts fail.
        """
        part = path.with_name(path.name + ".part")
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self.pause * 2 ** (attempt - 1))
            if not resume:
                part.unlink(missing_ok=True)
            try:
                is_joined = self._receive(url, part, limit, progress)
                os.replace(part, path)
                return is_joined
            except Interrupted as error:
                cause = str(error)
        raise CorpusError(f"{url}: cannot be fetched ({cause}); {MEND}")

    def _receive(self, url: str, part: Path, limit: int, progress: Progress) -> bool:
        have = part.stat().st_size if part.exists() else 0
        with self._open(url, have, part) as response:
            have = start = have if _continues(response, have) else 0
            length = response.headers.get("Content-Length", "")
            total = have + int(length) if length.isdigit() else None
            with part.open("ab" if have else "wb") as file:
                while chunk := _next(response) if have <= limit else b"":
                    have += file.write(chunk)
                    progress(len(chunk))
        if max(have, total or 0) > limit:
            part.unlink()
            raise Unavailable(f"{url}: holds more than the {limit} bytes that it may; do not use it")
        if total is not None and have < total:
            raise Interrupted(f"broke off after {have} of {total} bytes")
        return start > 0

    def _open(self, url: str, have: int, part: Path) -> HTTPResponse:
        headers = {"User-Agent": "hmtl", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        try:
            return self.opener.open(Request(url, headers=headers), timeout=self.timeout)
        except HTTPError as error:
            error.close()
            if error.code == 416:
                # there is nothing after what we have, so that it is not the beginning of this file
                part.unlink(missing_ok=True)
            if error.code in PASSING or error.code >= 500 or error.code == 416:
                raise Interrupted(f"{error.code} {error.reason}") from error
            raise Unavailable(f"{url}: {error.code} {error.reason}; {MEND}") from error
        except (URLError, HTTPException, OSError) as error:
            raise Interrupted(str(getattr(error, "reason", error)) or type(error).__name__) from error


MEND = "check the network and run again, or name a folder that has the corpus with --from DIR"


def _continues(response: HTTPResponse, have: int) -> bool:
    """Whether the answer goes on where our part ends; some servers always begin at the beginning."""
    is_part = response.status == 206
    return is_part and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _next(response: HTTPResponse) -> bytes:
    try:
        return response.read1(CHUNK)
    except (HTTPException, OSError) as error:
        raise Interrupted(str(error) or type(error).__name__) from error
