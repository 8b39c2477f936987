"""Documents of one corpus become the instances of one task."""

import logging
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar, NamedTuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, TokenIndexer
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.data.tokenizers import Token

from hmtl.dataset_readers.fields import DocumentField, RowsField
from hmtl.dataset_readers.reading import Reading
from hmtl.dataset_readers.split import crossing_annotations, split_sentences
from hmtl.dataset_readers.word_indexers import WordIndexers
from hmtl.dataset_readers.word_rows import WordRowsField
from hmtl.documents import Document
from hmtl.formats import Format

logger = logging.getLogger(__name__)


class Corpus(NamedTuple):
    """Documents, which can be gone through more than once, and the path that they were read from."""

    path: str
    documents: Iterable[Document]


class NotAnnotated(ConfigurationError):
    """Data in which no document carries the layer that a task learns."""


class TaskReader(DatasetReader):
    """Reads the documents of any format that carries the task's layer. Those that are not annotated with it
    are left out and counted in a warning; where that is all of them, `NotAnnotated` is raised.

    # Parameters

    format : how the files are written.
    task : the task's name; its labels go to the vocabulary namespace `{task}_labels`.
    token_indexers : shared by all tasks of a model, since they share its embedder.
    layer : the layer of annotation to learn, one of `Document`'s; default the task type's own.
    """

    default_layer: ClassVar[str]
    by_sentence: ClassVar[bool] = True
    """Whether an instance is a sentence or a whole document."""

    def __init__(
        self,
        format: Format,
        task: str | None = None,
        token_indexers: dict[str, TokenIndexer] | None = None,
        layer: str | None = None,
        **kwargs,
    ) -> None:
        # every rank reads all data: what is shared out among them are the parts of a batch
        super().__init__(manual_distributed_sharding=True, **kwargs)
        self.format = format
        self.layer = layer or self.default_layer
        self.task = task or self.layer
        self.token_indexers = token_indexers or {"tokens": SingleIdTokenIndexer(lowercase_tokens=True)}
        if self.layer not in format.layers:
            carried = ", ".join(sorted(format.layers))
            raise ConfigurationError(
                f"dataset_reader.readers.{self.task}.format: '{format.name}' carries no {self.layer} "
                f"(it carries {carried}); choose another format, or set the task's `layer`"
            )
        if self.by_sentence and self.layer == "clusters":
            raise ConfigurationError(
                f"dataset_reader.readers.{self.task}.layer: clusters live between sentences, which this "
                "reader takes one by one; choose reader `coref`, or another layer"
            )

    def _read(self, file_path: str | Path | Corpus) -> Iterator[Instance]:
        return map(self.text_to_instance, self.parts(file_path))

    def parts(self, file_path: str | Path | Corpus) -> Iterator[Document]:
        """What each instance holds: a sentence, or a document."""
        given = isinstance(file_path, Corpus)
        path, documents = file_path if given else (file_path, Reading(self.format, file_path))
        lost, lost_at, annotated, bare = 0, "", 0, 0
        for document in self.prepare(documents, str(path)):
            if getattr(document, self.layer) is None:
                bare += 1
                continue
            annotated += 1
            if self.by_sentence and (crossing := crossing_annotations(document, self.layer)):
                lost, lost_at = lost + crossing, lost_at or document.source
            yield from split_sentences(document) if self.by_sentence else [document]
        if not annotated:
            raise NotAnnotated(
                f"{path}: no document is annotated with {self.layer}, which task '{self.task}' learns; "
                "name a file that is, or remove the task"
            )
        if bare:
            logger.warning(
                "%s: task '%s' leaves out %d of %d documents, which are not annotated with %s",
                path, self.task, bare, bare + annotated, self.layer,
            )  # fmt: skip
        if lost:
            logger.warning(
                "%s: task '%s' neither trains nor scores %d %s that cross the end of a sentence "
                "(the first in the document at %s)",
                path, self.task, lost, self.layer, lost_at,
            )  # fmt: skip

    def prepare(self, documents: Iterable[Document], path: str) -> Iterable[Document]:
        """The documents of one path as the task takes them. They need not fit into memory, and can be gone
        through more than once."""
        return documents

    def text_to_instance(self, document: Document) -> Instance:  # type: ignore[override]
        """One instance: the document's sentences as rows, and the document itself."""
        return Instance(
            {
                "tokens": self._rows(document),
                "documents": DocumentField(document, self.labels(document)),
            }
        )

    def _rows(self, document: Document) -> WordRowsField | RowsField:
        if self._word_indexers is not None:
            return WordRowsField(document.tokens, document.sentences, self._word_indexers)
        rows = [document.tokens[start : end + 1] for start, end in document.sentences]
        return RowsField([TextField([Token(word) for word in row], self.token_indexers) for row in rows])

    @cached_property
    def _word_indexers(self) -> WordIndexers | None:
        return WordIndexers.of(self.token_indexers)

    def labels(self, document: Document) -> dict[str, list[str]]:
        """The labels to count for the vocabulary, by namespace."""
        return {f"{self.task}_labels": [item.label for item in getattr(document, self.layer) or ()]}
