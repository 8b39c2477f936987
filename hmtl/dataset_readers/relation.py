"""Relation extraction."""

import logging
from collections.abc import Iterable, Iterator

from allennlp.data import DatasetReader

from hmtl.dataset_readers.reading import looking_ahead
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

    def prepare(self, documents: Iterable[Document], path: str) -> Iterator[Document]:
        learned, partly, some_have_mentions = 0, 0, None
        for document in documents:
            is_learned = getattr(document, self.layer) is not None
            learned += is_learned
            if is_learned and document.mentions is not None:
                some_have_mentions = True
            elif is_learned and document.entities is not None:
                if some_have_mentions is None:
                    some_have_mentions = self._some_have_mentions(documents)
                if some_have_mentions:
                    partly, document = partly + 1, document.replace(entities=None)
            yield document
        if partly:
            logger.warning(
                "%s: task '%s' learns no arguments from %d of %d documents, which have entities but no "
                "mentions", path, self.task, partly, learned,
            )  # fmt: skip

    def _some_have_mentions(self, documents: Iterable[Document]) -> bool:
        # the documents are read twice rather than held in memory
        with looking_ahead():
            return any(d.mentions is not None for d in documents if getattr(d, self.layer) is not None)

    def labels(self, document: Document) -> dict[str, list[str]]:
        types = [span.label for span in document.argument_spans or ()]
        return {**super().labels(document), f"{self.task}_argument_labels": types}
