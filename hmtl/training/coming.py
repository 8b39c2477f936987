"""Which batches the steps to come will take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from hmtl.data_loader import MultiTaskLoader
from hmtl.training.task_state import TaskState
from hmtl.workers import Wanted


def coming(
    loader: MultiTaskLoader,
    drawn: Iterable[str],
    states: Mapping[str, TaskState],
    shares: Callable[[list[int]], list[list[int]]],
) -> Iterator[Wanted]:
    """The batch of each step, from where the tasks are now. It runs ahead of them: what they do meanwhile is
    as if it was not seen.

    # Parameters

    drawn : the task of each step. states : where each task is. shares : cuts a batch for this process.
    """
    places = {task: (state.pass_number, state.batch) for task, state in states.items()}
    passes = {task: loader.batches(task, number) for task, (number, _) in places.items()}
    for task in drawn:
        (number, batch), batches = places[task], passes[task]
        if batch == len(batches):
            number, batch = number + 1, 0
            batches = passes[task] = loader.batches(task, number)
        numbers = batches[batch]
        places[task] = number, batch + 1
        yield Wanted(task, numbers, shares(numbers), len(batches))
