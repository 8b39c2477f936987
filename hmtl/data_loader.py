"""Batches of one task each."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.tqdm import Tqdm
from allennlp.data import DataLoader, Instance, Vocabulary
from allennlp.data.data_loaders import TensorDict
from allennlp.nn.util import move_to_device

from hmtl.batching import BatchBudget
from hmtl.caching import CorpusCache
from hmtl.dataset_readers import MultiTaskReader
from hmtl.dataset_readers.multi_task import Read
from hmtl.documents import Document
from hmtl.instances import HeldInstances, StoredInstances, tensors_of
from hmtl.paths import resolve
from hmtl.pools import POOL, PooledBatches
from hmtl.workers import Ahead, Wanted, fill


@dataclass(frozen=True)
class TaskSize:
    """How much data a task has: what schedules share out the steps by."""

    batches: int
    instances: int


@DataLoader.register("hmtl")
class MultiTaskLoader(DataLoader):
    """Deals every task's instances in batches.

    The order of a task's batches is a function of (seed, task, pass) alone: no iterator has a state to save.

    # Parameters

    reader : of `type: "hmtl"`. data_path : by task, or one path for all.
    budgets : what a batch may hold, by task; `budget` for the others.
    batch_size : in place of theirs, as `allennlp evaluate --batch-size` asks.
    seed : of the order. cuda_device : where `tensors` puts a batch.
    cache : a folder, made if it is not there, that keeps what is read for later runs. Instances are then made
        from it when a batch asks for them, so that memory does not grow with the corpus.
    in_memory : with a cache, whether all instances are held in memory all the same, as without one.
    workers : processes that make the coming batches while the model trains on this one, and that read what
        the cache does not have yet. They need a cache, and nothing in memory.
    """

    def __init__(
        self,
        reader: MultiTaskReader,
        data_path: str | Path | dict[str, str],
        budgets: dict[str, BatchBudget] | None = None,
        budget: BatchBudget = BatchBudget(),  # noqa: B008 - frozen
        batch_size: int | None = None,
        seed: int = 13370,
        cuda_device: int | str | torch.device | None = None,
        cache: str | None = None,
        in_memory: bool = False,
        workers: int = 0,
    ) -> None:
        _check_workers(workers, cache is not None and not in_memory)
        resized = {} if batch_size is None else {"batch_size": batch_size}
        self.budgets = {
            task: replace(own, **resized) for task, own in _check_budgets(budgets or {}, reader).items()
        }
        self.budget = replace(budget, **resized)
        if seed < 0:
            raise ConfigurationError(f"data_loader.seed is {seed}; give 0 or more")
        self.seed = seed
        self.device = None if cuda_device is None else torch.device(cuda_device)
        self.workers, self._ahead = workers, None
        read = None if cache is None else self._through(CorpusCache(resolve(cache)), reader, data_path)
        self.instances: dict[str, HeldInstances | StoredInstances] = {
            task: instances
            if isinstance(instances, StoredInstances) and not in_memory
            else HeldInstances(Tqdm.tqdm(instances, desc=f"reading {task}", unit=" instances"))
            for task, instances in reader.read_tasks(data_path, read)
        }
        self._pooled = lru_cache(maxsize=2 * len(self.instances))(self._pool)

    def _through(self, cache: CorpusCache, reader: MultiTaskReader, data_path: Any) -> Read:
        """Has tasks read what the cache keeps."""
        if self.workers:
            sources: list[Any] = []
            for _ in reader.read_tasks(data_path, lambda *source: sources.append(source) or ()):
                pass
            fill(cache, sources, self.workers)
        return partial(StoredInstances.of, cache)

    @property
    def tasks(self) -> list[str]:
        return list(self.instances)

    def size(self, task: str) -> TaskSize:
        """Batches (of the first pass) and instances."""
        return TaskSize(len(self.batches(task, 0)), len(self.instances[task]))

    def sizes(self, order: Sequence[str] = ()) -> dict[str, TaskSize]:
        """Of every task: those of `order` first, then the others as the reader has them."""
        tasks = dict.fromkeys([*(task for task in order if task in self.instances), *self.instances])
        return {task: self.size(task) for task in tasks}

    def batches(self, task: str, pass_number: int | None) -> Sequence[list[int]]:
        """Instance numbers of each batch of one pass through a task's data, shuffled; in order without a
        pass number."""
        instances, budget = self.instances[task], self.budgets.get(task, self.budget)
        if len(instances) > POOL:
            return self._pooled(task, pass_number, budget)
        rng = None if pass_number is None else np.random.default_rng(self._seed(task, pass_number))
        return budget.batches(instances.shapes(0, len(instances)), rng)

    def _pool(self, task: str, pass_number: int | None, budget: BatchBudget) -> PooledBatches:
        instances = self.instances[task]
        seed = None if pass_number is None else self._seed(task, pass_number)
        return PooledBatches(instances.shapes, len(instances), budget, seed)

    def _seed(self, task: str, pass_number: int) -> list[int]:
        return [self.seed, zlib.crc32(task.encode()), pass_number]

    def multiply(self, parts: int) -> None:
        """Makes batches so many times as large: each will be cut into so many parts that fit the budget."""
        self.budgets = {task: budget.times(parts) for task, budget in self.budgets.items()}
        self.budget = self.budget.times(parts)

    def ahead(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        """The batches that training will ask for, each when it is to do so: workers make the next ones
        meanwhile."""
        if not self.workers:
            return iter(wanted)
        if self._ahead is None:
            self._ahead = Ahead(self.instances, self.workers)
        return self._ahead.follow(wanted)

    def close(self) -> None:
        """Ends the workers."""
        if self._ahead is not None:
            self._ahead.close()
        self._ahead = None

    def documents(self, task: str, numbers: list[int]) -> list[Document]:
        """What these instances hold."""
        made = self._ahead and self._ahead.documents(task, numbers)
        return self.instances[task].documents(numbers) if made is None else made

    def tensors(self, task: str, numbers: list[int]) -> TensorDict:
        """The batch of these instances as the model's arguments."""
        made = self._ahead and self._ahead.tensors(task, numbers)
        tensors = {**(tensors_of(self.instances[task], numbers) if made is None else made), "task": task}
        return tensors if self.device is None else move_to_device(tensors, self.device)

    def iterate(self, task: str) -> Iterator[TensorDict]:
        """One task's data once, in a fixed order."""
        for numbers in self.batches(task, None):
            yield self.tensors(task, numbers)

    def __iter__(self) -> Iterator[TensorDict]:
        for task in self.tasks:
            yield from self.iterate(task)

    def __len__(self) -> int:
        return sum(len(self.batches(task, None)) for task in self.tasks)

    def iter_instances(self) -> Iterator[Instance]:
        for instances in self.instances.values():
            yield from instances

    def index_with(self, vocab: Vocabulary) -> None:
        # every word that was counted, once more, which is used no longer; None could not be given to workers
        vocab._retained_counter = {}
        for instances in self.instances.values():
            instances.index_with(vocab)

    def set_target_device(self, device: torch.device) -> None:
        self.device = device


def _check_workers(workers: int, is_stored: bool) -> None:
    if workers < 0:
        raise ConfigurationError(f"data_loader.workers is {workers}; give 0 or more")
    if workers and not is_stored:
        raise ConfigurationError(
            f"data_loader.workers is {workers}, but all instances are in memory, where no other process can "
            "take them; set data_loader.cache and not in_memory, or workers to 0"
        )


def _check_budgets(budgets: Mapping[str, BatchBudget], reader: MultiTaskReader) -> Mapping[str, BatchBudget]:
    for task in budgets:
        if task not in reader.readers:
            raise ConfigurationError(
                f"data_loader.budgets.{task}: there is no such task; the tasks are "
                f"{', '.join(reader.readers)}"
            )
    return budgets
