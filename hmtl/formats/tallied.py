"""Formats whose files say more than a Document holds."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from copy import copy
from pathlib import Path

from hmtl.documents import Document
from hmtl.formats.format import Format

logger = logging.getLogger(__name__)


class Tallied(Format):
    """A format that counts in `tally` what it leaves out or alters; each `read` ends with a warning."""

    def __init__(self, max_megabytes: int = 1024) -> None:
        super().__init__(max_megabytes)
        self.tally: Counter[str] = Counter()

    def read(self, path: str | Path) -> Iterator[Document]:
        # a reader and a tally of its own: several paths may be read by turns
        reader = copy(self)
        reader.tally = Counter()
        yield from super(Tallied, reader).read(path)
        if counted := [f"{n} {what}" for what, n in sorted(reader.tally.items()) if n]:
            logger.warning("%s: %s", path, ", ".join(counted))
