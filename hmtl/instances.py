"""The instances of one task: held in memory, or made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from allennlp.data import Field, Instance, Vocabulary
from allennlp.data.data_loaders import TensorDict

from hmtl.caching import CorpusCache, Store
from hmtl.dataset_readers import TaskReader
from hmtl.dataset_readers.reading import Reading
from hmtl.dataset_readers.task_reader import Corpus
from hmtl.documents import Document
from hmtl.formats import Format


class HeldInstances(Sequence[Instance]):
    """Instances in memory."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._instances = list(instances)
        shapes = [_shape(instance["documents"].document) for instance in self._instances]
        self._shapes = np.array(shapes, dtype=np.int32).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self._instances)

    def __getitem__(self, number: int) -> Instance:  # type: ignore[override]
        return self._instances[number]

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """What these instances hold."""
        return [self._instances[number]["documents"].document for number in numbers]

    def shapes(self, start: int, end: int) -> np.ndarray:
        """`(instances, 2)`: rows, longest row."""
        return self._shapes[start:end]

    def index_with(self, vocab: Vocabulary) -> None:
        for instance in self._instances:
            instance.index_fields(vocab)


class StoredInstances(Sequence[Instance]):
    """Instances whose documents are in a store. Of those only the ones that `documents` gave last are held in
    memory.

    # Parameters

    store : a document for each instance. reader : makes the instances.
    """

    def __init__(self, store: Store, reader: TaskReader) -> None:
        self.store, self.reader = store, reader
        self._vocab: Vocabulary | None = None
        self._batch: dict[int, Document] = {}

    @classmethod
    def of(cls, cache: CorpusCache, reader: TaskReader, form: Format, path: str) -> StoredInstances:
        """What the cache keeps of a corpus, which is read for it if it has not been."""
        documents = partial(reader.parts, Corpus(path, Reading(form, path)))
        return cls(cache.open(reader, form, path, documents), reader)

    def __len__(self) -> int:
        return len(self.store)

    def __getitem__(self, number: int) -> Instance:  # type: ignore[override]
        document = self._batch.get(number)
        return self._instance(self.store[number] if document is None else document)

    def __iter__(self) -> Iterator[Instance]:
        return map(self._instance, self.store)

    def documents(self, numbers: Sequence[int]) -> list[Document]:
        """What these instances hold."""
        self._batch = {number: self.store[number] for number in set(numbers)}
        return [self._batch[number] for number in numbers]

    def shapes(self, start: int, end: int) -> np.ndarray:
        """`(instances, 2)`: rows, longest row."""
        return self.store.shapes(start, end)

    def index_with(self, vocab: Vocabulary) -> None:
        self._vocab = vocab

    def _instance(self, document: Document) -> Instance:
        instance = self.reader.text_to_instance(document)
        if self._vocab is not None:
            instance.index_fields(self._vocab)
        return instance


def tensors_of(instances: Sequence[Instance], numbers: Sequence[int]) -> TensorDict:
    """The batch of these instances: what AllenNLP's `Batch` makes of them, which first compares the fields of
    each. These are of one reader."""
    batch = [instances[number].fields for number in numbers]
    return {name: _batched([fields[name] for fields in batch]) for name in batch[0]}


def _batched(fields: list[Field]) -> Any:
    """What fields of one name hold together, each padded to what the longest needs."""
    lengths: dict[str, int] = {}
    for field in fields:
        for key, length in field.get_padding_lengths().items():
            lengths[key] = max(length, lengths.get(key, 0))
    return fields[0].batch_tensors([field.as_tensor(lengths) for field in fields])


def _shape(document: Document) -> tuple[int, int]:
    return len(document.sentences), max(end - start + 1 for start, end in document.sentences)
