"""Entity mention detection."""

from allennlp.data import DatasetReader

from hmtl.dataset_readers.task_reader import TaskReader


@DatasetReader.register("emd")
class EmdReader(TaskReader):
    """Sentences with entity mentions, nested or flat."""

    default_layer = "mentions"
