"""What was warned of while a corpus was read, to be said again whenever it is opened."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Remark(NamedTuple):
    """A line of the log."""

    logger: str
    level: int
    text: str

    def repeat(self) -> None:
        logging.getLogger(self.logger).log(self.level, "%s", self.text)


class _Ear(logging.Handler):
    def __init__(self, remarks: list[Remark]) -> None:
        super().__init__(logging.WARNING)
        self.remarks = remarks

    def emit(self, record: logging.LogRecord) -> None:
        self.remarks.append(Remark(record.name, record.levelno, record.getMessage()))


@contextmanager
def heard() -> Iterator[list[Remark]]:
    """The project's warnings, which go to the log as ever."""
    remarks: list[Remark] = []
    logger, ear = logging.getLogger("hmtl"), _Ear(remarks)
    logger.addHandler(ear)
    try:
        yield remarks
    finally:
        logger.removeHandler(ear)
