"""Fixtures of a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpora.helpers import Server, serve
from hmtl.corpora import origin


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """It has the repository of the small corpus and stands in for GitHub."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server().running() as server:
        serve(server)
        monkeypatch.setattr(origin, "FILE", server.address + "/{repository}/{commit}/{path}")
        monkeypatch.setattr(origin, "ARCHIVE", server.address + "/{repository}/tar.gz/{commit}")
        yield server
