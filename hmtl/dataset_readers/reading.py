"""The documents of a file, as often as they are wanted."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hmtl.documents import Document
from hmtl.formats import Format


class Reading(Iterable[Document]):
    """What a format reads from a path, anew each time that it is gone through: nothing is held in memory."""

    def __init__(self, form: Format, path: str | Path) -> None:
        self.form, self.path = form, path

    def __iter__(self) -> Iterator[Document]:
        return self.form.read(self.path)


@contextmanager
def looking_ahead() -> Iterator[None]:
    """What is read here will be read again, and then be warned of."""
    logger = logging.getLogger("hmtl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
