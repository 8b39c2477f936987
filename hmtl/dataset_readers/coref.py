"""Coreference resolution."""

from allennlp.data import DatasetReader

from hmtl.dataset_readers.task_reader import TaskReader
from hmtl.documents import Document


@DatasetReader.register("coref")
class CorefReader(TaskReader):
    """Whole documents with coreference clusters."""

    default_layer = "clusters"
    by_sentence = False

    def labels(self, document: Document) -> dict[str, list[str]]:
        return {}
