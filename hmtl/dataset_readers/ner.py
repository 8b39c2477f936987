"""Named entity recognition."""

from allennlp.data import DatasetReader

from hmtl.dataset_readers.task_reader import TaskReader


@DatasetReader.register("ner")
class NerReader(TaskReader):
    """Sentences with named entities."""

    default_layer = "entities"
