"""A folder of corpora that have been read."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.caching.entry import Entry
from hmtl.caching.options import code, options
from hmtl.caching.stamps import input_files
from hmtl.caching.store import Damaged, Store, writable
from hmtl.dataset_readers import TaskReader
from hmtl.documents import Document
from hmtl.formats import Format

logger = logging.getLogger(__name__)

STRANGE = re.compile(r"[^\w.-]+", re.ASCII)


class CorpusCache:
    """What tasks read, kept as it was read: split into instances, with what was warned of.

    Each corpus has a folder for every way to read it (path, task, reader, format and their settings). The
    folder is written anew when a byte of the corpus or the code that reads it has changed, and when what lies
    there is damaged. It is whole or not there, also where several processes write it or one is killed.

    # Parameters

    directory : made if it is not there. Raises `ConfigurationError` where it cannot be.
    """

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        with writable(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)

    def holds(self, reader: TaskReader, form: Format, path: str) -> bool:
        """Whether `open` would find the corpus on the disk."""
        try:
            self._entry(reader, form, path).read()
        except Damaged:
            return False
        return True

    def open(
        self, reader: TaskReader, form: Format, path: str, documents: Callable[[], Iterable[Document]]
    ) -> Store:
        """The corpus of one task: what is on the disk; if that is not so, `documents`, which go there first.

        Raises what `documents` raises, and `ConfigurationError` where the disk is full.
        """
        self._check_apart(form.inputs(Path(path)))
        entry = self._entry(reader, form, path)
        folder = entry.folder
        with _locked(folder.with_name(f"{folder.name}.lock")):
            try:
                store, remarks = entry.read()
            except Damaged as error:
                if folder.exists():
                    logger.warning("%s: %s; it is written anew", folder, error)
                entry.write(documents())
                return entry.read()[0]
        for remark in remarks:
            remark.repeat()
        return store

    def _entry(self, reader: TaskReader, form: Format, path: str) -> Entry:
        settings = {"path": path, **options(reader, form)}
        folder = self.directory / _name(reader.task, path, json.dumps(settings, sort_keys=True))
        made_of = {**settings, "code": code(type(reader), type(form))}
        return Entry(folder, made_of, input_files(form.inputs(Path(path))))

    def _check_apart(self, inputs: Iterable[Path]) -> None:
        for path in inputs:
            if path.is_dir() and self.directory.resolve().is_relative_to(path.resolve()):
                raise ConfigurationError(
                    f"data_loader.cache: {self.directory} lies in the corpus {path} and would become part of "
                    "it; name another place"
                )


def _name(task: str, path: str, settings: str) -> str:
    """A folder's name that tells people what is in it."""
    readable = STRANGE.sub("_", f"{task}-{Path(path).name}")[:60].lstrip(".")
    return f"{readable}-{hashlib.blake2b(settings.encode(), digest_size=8).hexdigest()}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time. Where files cannot be locked, or not be made, several write the same, each in a
    place of its own."""
    with ExitStack() as stack:
        with suppress(OSError):
            file = stack.enter_context(path.open("ab"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                logger.info("%s: waits for another process that reads this corpus", path)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
