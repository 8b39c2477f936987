"""Evaluation by several processes, whose shares of the data may be of unequal length."""

import logging
from collections.abc import Iterable, Iterator
from typing import TypeVar

import torch.distributed as dist
from allennlp.common.util import is_distributed
from allennlp.nn.util import dist_reduce_sum

logger = logging.getLogger(__name__)

Batch = TypeVar("Batch")


def in_step(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The batches, as long as every process has one; all of them where there is one process.

    AllenNLP's metrics are summed over the processes at every batch, so that one which went on alone would
    wait for ever. What is left out is said in the log.
    """
    if not is_distributed():
        yield from batches
        return
    iterator = iter(batches)
    while True:
        batch = next(iterator, None)
        if dist_reduce_sum(int(batch is not None)) < dist.get_world_size():
            break
        yield batch
    if batch is not None:
        logger.warning(
            "Evaluation in %d processes: this one still has data, which are left out because another has no "
            "more; `allennlp evaluate` takes all",
            dist.get_world_size(),
        )
