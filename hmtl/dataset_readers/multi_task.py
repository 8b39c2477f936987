"""The readers of all tasks of one model."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, TokenIndexer

from hmtl.dataset_readers.task_reader import TaskReader
from hmtl.documents import Document
from hmtl.formats import sniff
from hmtl.paths import resolve


@DatasetReader.register("hmtl")
class MultiTaskReader(DatasetReader):
    """One reader for each task, all with the same token indexers.

    # Parameters

    readers : by task name; `task` and `token_indexers` are filled in.
    token_indexers : for the embedder that the tasks share.
    """

    def __init__(
        self,
        readers: dict[str, Lazy[DatasetReader]],
        token_indexers: dict[str, TokenIndexer] | None = None,
        **kwargs,
    ) -> None:
        # every rank reads all data: what is shared out among them are the parts of a batch
        super().__init__(manual_distributed_sharding=True, **kwargs)
        if not readers:
            raise ConfigurationError("dataset_reader.readers: names no task; give at least one")
        shared = {} if token_indexers is None else {"token_indexers": token_indexers}
        self.readers: dict[str, TaskReader] = {
            task: reader.construct(task=task, **shared) for task, reader in readers.items()
        }

    def paths(self, data_path: str | Path | Mapping[str, str]) -> dict[str, str]:
        """The path of each task: from a mapping, or the same file for all.

        Raises `ConfigurationError` for a task
        that no reader knows."""
        if not isinstance(data_path, Mapping):
            return dict.fromkeys(self.readers, resolve(data_path))
        for task in data_path:
            if task not in self.readers:
                raise ConfigurationError(
                    f"data path of task '{task}': the model has no such task, only {', '.join(self.readers)}"
                )
        return {task: resolve(data_path[task]) for task in self.readers if task in data_path}

    def read_task(self, task: str, path: str) -> Iterator[Instance]:
        """The instances of one task."""
        return iter(self.readers[task].read(path))

    def _read(self, file_path: str) -> Iterator[Instance]:
        """The documents of a file of any known format, annotated or not, as `allennlp predict` wants them."""
        path = resolve(file_path)
        for document in sniff(path).read(path):
            yield self.text_to_instance(document)

    def text_to_instance(self, document: Document) -> Instance:  # type: ignore[override]
        """A whole document for prediction; its annotation is left behind."""
        return next(iter(self.readers.values())).text_to_instance(document.bare())
