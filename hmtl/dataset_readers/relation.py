"""Relation extraction."""

import logging
from collections.abc import Iterable

from allennlp.data import DatasetReader

from hmtl.dataset_readers.task_reader import TaskReader
from hmtl.documents import Document

logger = logging.getLogger(__name__)


@DatasetReader.register("relation")
class RelationReader(TaskReader):
    """All sentences, with and without relations.

    The types of the spans that may be arguments are counted in the namespace `{task}_argument_labels`: the
    mentions or, where no document of the data is annotated with mentions, the entities. Where some are, the
    entities of the others are not taken for mentions, which would make none of all their other mentions."""

    default_layer = "relations"

    def prepare(self, documents: Iterable[Document], path: str) -> Iterable[Document]:
        documents = list(documents)
        learned = [document for document in documents if getattr(document, self.layer) is not None]
        partly = {d.id for d in learned if d.mentions is None and d.entities is not None}
        if not partly or all(document.mentions is None for document in learned):
            return documents
        logger.warning(
            "%s: task '%s' learns no arguments from %d of %d documents, which have entities but no mentions",
            path, self.task, len(partly), len(learned),
        )  # fmt: skip
        return [d.replace(entities=None) if d.id in partly else d for d in documents]

    def labels(self, document: Document) -> dict[str, list[str]]:
        types = [span.label for span in document.argument_spans or ()]
        return {**super().labels(document), f"{self.task}_argument_labels": types}
