"""The data of one split, read to the end whatever is wrong with some of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from allennlp.common.checks import ConfigurationError
from allennlp.common.tqdm import Tqdm

from hmtl.documents import Document
from hmtl.formats import Format
from hmtl.formats.files import TextFile


@dataclass(frozen=True)
class Corpus:
    """What a file or folder holds.

    # Parameters

    faults : why files, or parts of them, could not be read. said : what the format warned of.
    """

    documents: list[Document]
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(len(document.tokens) for document in self.documents)


class Known(Format):
    """What has been read, in place of the files. `read` raises `ConfigurationError` where these had a fault.

    # Parameters

    corpus : what to give, whatever the path. layers : as the format of the files has them.
    """

    def __init__(self, corpus: Corpus, layers: frozenset[str]) -> None:
        super().__init__()
        self.corpus, self.layers = corpus, layers

    def read(self, path: str | Path) -> Iterator[Document]:
        if self.corpus.faults:
            raise ConfigurationError(self.corpus.faults[0])
        yield from self.corpus.documents


def read_corpus(form: Format, path: str, title: str) -> Corpus:
    """All documents of a path that can be read; of a file with a fault those before it."""
    corpus = Corpus([])
    with _heard(corpus.said):
        try:
            documents = _forgiving(form, corpus.faults).read(Path(path))
            corpus.documents.extend(Tqdm.tqdm(documents, desc=f"reading {title}", unit=" documents"))
        except (ConfigurationError, OSError) as fault:
            corpus.faults.append(str(fault))
    return corpus


def _forgiving(form: Format, faults: list[str]) -> Format:
    """A copy of the format whose `read` notes what is wrong with a file and goes on with the next."""
    kind = type(form)
    reader: Any = copy(form)
    reader.__class__ = type(kind.__name__, (_Forgiving, kind), {})
    reader.faults, reader.sources = faults, {}
    return reader


class _Forgiving:
    faults: list[str]
    sources: dict[str, str]

    def open(self, path: Path) -> Iterator[TextFile]:
        for file in super().open(path):  # type: ignore[misc]
            yield _File(**vars(file), faults=self.faults)

    def _documents(self, file: "_File") -> Iterator[Document]:
        try:
            for document in super()._documents(file):  # type: ignore[misc]
                file.passed.add("a document")
                if self._is_new(document):
                    yield document
        except (ConfigurationError, OSError) as fault:
            self.faults.append(str(fault))
            file.passed.add("a fault")
        file.passed.add("the end")

    def _is_new(self, document: Document) -> bool:
        earlier = self.sources.setdefault(document.id, document.source)
        if earlier != document.source:
            cause = f"document {document.id!r} was already read at {earlier}"
            self.faults.append(f"{document.source}: {cause}; rename or remove one of them")
        return earlier == document.source


@dataclass(frozen=True)
class _File(TextFile):
    """A file that, once it has been read, notes instead of raising that it is empty."""

    faults: list[str]
    passed: set[str] = field(default_factory=set)

    def fail(self, line: int, cause: str, mend: str) -> NoReturn:  # type: ignore[misc]
        if "the end" not in self.passed:
            super().fail(line, cause, mend)
        if self.passed == {"the end"}:
            self.faults.append(f"{self.at(line)}: {cause}; {mend}")


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _heard(said: list[str]) -> Iterator[None]:
    """What the formats warn of goes to a list instead of the log."""
    logger, ear = logging.getLogger("hmtl.formats"), _Ear(said)
    passes_on = logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(ear)
        logger.propagate = passes_on
