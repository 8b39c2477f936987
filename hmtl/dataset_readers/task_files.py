"""What every task reads, each file once."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hmtl.dataset_readers.reading import Reading
from hmtl.dataset_readers.task_reader import Corpus
from hmtl.documents import Document
from hmtl.formats import Format


class TaskFiles:
    """The documents of every task. A file that several tasks read in the same format, with the same settings,
    is read when the first of them asks and kept until the last one has.

    # Parameters

    formats, paths : by task. Formats that are to share what they read are one object.
    """

    def __init__(self, formats: Mapping[str, Format], paths: Mapping[str, str]) -> None:
        self._formats, self._paths = formats, paths
        self._asking = Counter(self._source(task) for task in paths)
        self._kept: dict[tuple[int, str], list[Document]] = {}

    def corpus(self, task: str) -> Corpus:
        """The task's documents, to be asked for once."""
        source, path = self._source(task), self._paths[task]
        documents: Iterable[Document] | None = self._kept.pop(source, None)
        if documents is None:
            documents = Reading(self._formats[task], path)
        self._asking[source] -= 1
        if self._asking[source]:
            documents = self._kept[source] = list(documents)
        return Corpus(path, documents)

    def _source(self, task: str) -> tuple[int, str]:
        return id(self._formats[task]), self._paths[task]
