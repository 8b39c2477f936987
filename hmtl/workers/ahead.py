"""Batches that are made before they are asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from allennlp.data.data_loaders import TensorDict

from hmtl.documents import Document
from hmtl.instances import StoredInstances, tensors_of
from hmtl.workers.pool import Lost, Workers

logger = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """A batch that will be asked for: the numbers of its instances, and of each share of them that becomes
    tensors. `of` batches make the pass through the task's data."""

    task: str
    numbers: list[int]
    shares: list[list[int]]
    of: int


class Made(NamedTuple):
    """A batch: its documents, and the tensors of each share."""

    documents: list[Document]
    tensors: list[TensorDict]


@dataclass
class Making:
    """What a worker does for every batch that is wanted."""

    instances: Mapping[str, StoredInstances]

    def __call__(self, wanted: Wanted) -> Made:
        instances = self.instances[wanted.task]
        documents = instances.documents(wanted.numbers)
        return Made(documents, [tensors_of(instances, share) for share in wanted.shares])


class Ahead:
    """Has workers make the coming batches.

    They are what this process would have made itself, bit for bit. What a worker cannot make is left to this
    process, so that errors are the same too; where a worker is lost, all is, with a warning.

    # Parameters

    instances : by task, with a vocabulary. count : of workers.
    """

    def __init__(self, instances: Mapping[str, StoredInstances], count: int) -> None:
        self._workers: Workers | None = Workers(Making(instances), count)
        self._ready: tuple[Wanted, Made] | None = None

    def follow(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        """The same, each when it can be had by `documents` and `tensors`."""
        coming = iter(wanted)
        while self._workers is not None and self._workers.waiting:
            # asked for by somebody who has not waited for it
            self._receive()
        asked: list[Wanted] = []
        while True:
            asked += self._ask(islice(coming, max(0, self._room - len(asked))))
            if not asked:
                return
            first = asked.pop(0)
            made = self._receive()
            self._ready = None if made is None else (first, made)
            yield first

    def documents(self, task: str, numbers: list[int]) -> list[Document] | None:
        """Of the batch that was given last, if it has been made and is this one."""
        if self._ready is None or self._ready[0][:2] != (task, numbers):
            return None
        return self._ready[1].documents

    def tensors(self, task: str, numbers: list[int]) -> TensorDict | None:
        """Of a share of the batch that was given last, if it has been made and is this one."""
        if self._ready is None or self._ready[0].task != task or numbers not in self._ready[0].shares:
            return None
        wanted, made = self._ready
        return made.tensors[wanted.shares.index(numbers)]

    def close(self) -> None:
        """Ends the workers; from now on nothing is made ahead."""
        if self._workers is not None:
            self._workers.close()
        self._workers = self._ready = None

    @property
    def _room(self) -> int:
        return 1 if self._workers is None else self._workers.room

    def _ask(self, batches: Iterable[Wanted]) -> Iterator[Wanted]:
        for wanted in batches:
            if self._workers is not None:
                try:
                    self._workers.send(wanted)
                except Lost as error:
                    self._lose(error)
            yield wanted

    def _receive(self) -> Made | None:
        if self._workers is None:
            return None
        try:
            is_made, made = self._workers.receive()
        except Lost as error:
            self._lose(error)
            return None
        return made if is_made else None

    def _lose(self, error: Lost) -> None:
        logger.warning(
            "data_loader.workers: a worker %s (perhaps memory ran out); the run goes on without workers",
            error,
        )
        self.close()
