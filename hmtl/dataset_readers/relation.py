"""Relation extraction."""

from allennlp.data import DatasetReader

from hmtl.dataset_readers.task_reader import TaskReader
from hmtl.documents import Document


@DatasetReader.register("relation")
class RelationReader(TaskReader):
    """All sentences, with and without relations.

    The types of the mentions, which may be arguments, are counted in the namespace
    `{task}_argument_labels`."""

    default_layer = "relations"

    def labels(self, document: Document) -> dict[str, list[str]]:
        types = [span.label for span in document.argument_spans or ()]
        return {**super().labels(document), f"{self.task}_argument_labels": types}
