"""The documents of a file, as often as they are wanted."""

import logging
from pathlib import Path

import pytest

from hmtl.dataset_readers.reading import Reading, looking_ahead
from hmtl.documents import Document
from hmtl.formats import Jsonl


def test_documents_are_read_anew_each_time(path: Path, documents: list[Document]) -> None:
    reading = Reading(Jsonl(), path)
    first, second = iter(reading), iter(reading)
    ids = [document.id for document in documents]
    assert next(first).id == next(second).id == ids[0]
    assert [document.id for document in reading] == ids
    assert [document.id for document in first] == ids[1:]


def test_what_is_read_ahead_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("hmtl.formats.any")
    with pytest.raises(ZeroDivisionError), looking_ahead():
        logger.warning("before its time")
        raise ZeroDivisionError
    logger.warning("in time")
    assert [record.getMessage() for record in caplog.records] == ["in time"]
