"""Several corpora read at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from hmtl.caching import CorpusCache
from hmtl.dataset_readers import TaskReader
from hmtl.formats import Format
from hmtl.instances import StoredInstances
from hmtl.workers.pool import Lost, Workers

Source = tuple[TaskReader, Format, str]
"""What reads a corpus, its format, and its path."""


@dataclass
class Filling:
    """What a worker does for the number of a corpus: it reads it, if that has not been done yet."""

    cache: CorpusCache
    sources: Sequence[Source]

    def __call__(self, number: int) -> None:
        StoredInstances.of(self.cache, *self.sources[number])


def fill(cache: CorpusCache, sources: Sequence[Source], count: int) -> None:
    """Brings to the disk what the cache does not hold, by so many processes if it is several corpora. What
    cannot be read is left for who opens it to find out."""
    new = [source for source in sources if not cache.holds(*source)]
    if len(new) < 2:
        return
    workers = Workers(Filling(cache, new), min(count, len(new)))
    try:
        with suppress(Lost):
            for number in range(len(new)):
                if workers.waiting == workers.room:
                    workers.receive()
                workers.send(number)
            while workers.waiting:
                workers.receive()
    finally:
        workers.close()
