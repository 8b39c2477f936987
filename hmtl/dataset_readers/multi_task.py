"""The readers of all tasks of one model."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, TokenIndexer

from hmtl.dataset_readers.task_files import TaskFiles
from hmtl.dataset_readers.task_reader import NotAnnotated, TaskReader
from hmtl.documents import Document
from hmtl.formats import Format, sniff
from hmtl.paths import resolve
from hmtl.raw_text import DEFAULT_LANGUAGE, check_language

logger = logging.getLogger(__name__)

Read = Callable[[TaskReader, Format, str], Iterable[Instance]]


@DatasetReader.register("hmtl")
class MultiTaskReader(DatasetReader):
    """One reader for each task, all with the same token indexers.

    # Parameters

    readers : by task name; `task` and `token_indexers` are filled in.
    token_indexers : for the embedder that the tasks share.
    language, pipeline : how raw text is split, see `TextSplitter`: in prediction, and where a task's format
        holds raw text and does not state its own. Default what the formats state, if they are at one;
        otherwise English.
    """

    def __init__(
        self,
        readers: dict[str, Lazy[DatasetReader]],
        token_indexers: dict[str, TokenIndexer] | None = None,
        language: str | None = None,
        pipeline: str | None = None,
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
        formats = [reader.format for reader in self.readers.values()]
        self.language, self.pipeline = _splitting(formats, language, pipeline)
        for form in formats:
            if form.language is None and form.pipeline is None:
                form.language, form.pipeline = self.language, self.pipeline

    def paths(self, data_path: str | Path | Mapping[str, str]) -> dict[str, str]:
        """The path of each task: from a mapping, or the same file for all. Raises `ConfigurationError` for a
        task that no reader knows."""
        if not isinstance(data_path, Mapping):
            return dict.fromkeys(self.readers, resolve(data_path))
        for task in data_path:
            if task not in self.readers:
                raise ConfigurationError(
                    f"data path of task '{task}': the model has no such task, only {', '.join(self.readers)}"
                )
        return {task: resolve(data_path[task]) for task in self.readers if task in data_path}

    def read_tasks(
        self, data_path: str | Path | Mapping[str, str], read: Read | None = None
    ) -> Iterator[tuple[str, Iterable[Instance]]]:
        """Each task with its instances. A file is read once, for all tasks that read it in the same way.

        Of one path for all tasks those are left out, with a warning, whose layer no document there carries;
        where the types of their formats differ, the path has the one that it looks like. Raises
        `NotAnnotated` where no task is left, or a task with a path of its own has nothing to learn there.
        With `read`, which gives the instances, every task reads its file by itself.
        """
        paths, is_shared = self.paths(data_path), not isinstance(data_path, Mapping)
        formats, absent = self._formats(paths, is_shared), []
        files = TaskFiles(formats, paths)
        for task, path in paths.items():
            reader = self.readers[task]
            try:
                instances = (
                    read(reader, formats[task], path) if read else _begun(reader.read(files.corpus(task)))
                )
            except NotAnnotated:
                absent.append(task)
                if not is_shared or len(absent) == len(paths):
                    raise
                cause = f"no document is annotated with {reader.layer}"
                logger.warning("%s: %s; task '%s' has no data there", path, cause, task)
            else:
                yield task, instances

    def _formats(self, paths: Mapping[str, str], is_shared: bool) -> dict[str, Format]:
        """The format in which each task's path is read, one object for all that are alike."""
        formats = [self.readers[task].format for task in paths]
        if is_shared and len({type(form) for form in formats}) > 1:
            return dict.fromkeys(paths, sniff(next(iter(paths.values()))))
        alike = (next(first for first in formats if _are_alike(first, form)) for form in formats)
        return dict(zip(paths, alike, strict=True))

    def _read(self, file_path: str) -> Iterator[Instance]:
        """The documents of a file of any known format, annotated or not, as `allennlp predict` wants them."""
        path = resolve(file_path)
        for document in sniff(path).read(path):
            yield self.text_to_instance(document)

    def text_to_instance(self, document: Document) -> Instance:  # type: ignore[override]
        """A whole document for prediction; its annotation is left behind."""
        return next(iter(self.readers.values())).text_to_instance(document.bare())


def _begun(instances: Iterator[Instance]) -> Iterator[Instance]:
    """The instances, of which the first is read now: that there are none is known before they are wanted."""
    first = next(instances, None)
    return iter(()) if first is None else chain([first], instances)


def _are_alike(one: Format, other: Format) -> bool:
    return type(one) is type(other) and vars(one) == vars(other)


def _splitting(formats: list[Format], language: str | None, pipeline: str | None) -> tuple[str, str | None]:
    """The language and the pipeline of raw text: as given, or as all formats that state one do."""
    if language is None and pipeline is None:
        stated = {(form.language, form.pipeline) for form in formats if form.language or form.pipeline}
        language, pipeline = stated.pop() if len(stated) == 1 else (None, None)
    check_language(language or DEFAULT_LANGUAGE)
    return language or DEFAULT_LANGUAGE, pipeline
