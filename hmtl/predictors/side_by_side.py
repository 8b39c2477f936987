"""Several pieces of work at once, each on a core of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Piece], Result], pieces: Sequence[Piece], threads: int) -> list[Result]:
    """What `work` makes of each piece, in order, up to `threads` of them at once.

    torch would put all cores to one operation at a time. Those of small networks are too short for that: two
    cores take four fifths of the time of one, but for two pieces hardly more than it. An error, or Ctrl-C,
    ends all as soon as the pieces in hand are done.
    """
    threads = min(threads, len(pieces))
    if threads <= 1:
        return [work(piece) for piece in pieces]
    own = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, "hmtl", torch.set_num_threads, (1,))
    try:
        # the last, which may be the longest, first: at the end no core waits for one of them
        return list(pool.map(work, reversed(pieces)))[::-1]
    finally:
        pool.shutdown(cancel_futures=True)
        # threads that are begun later take over what was set last, by whichever thread
        torch.set_num_threads(own)


def carries_state(module: torch.nn.Module) -> bool:
    """Whether any part of a module hands what it computed on to its next input, as ELMo's does: its inputs
    must come one after the other."""
    return any(getattr(part, "stateful", False) for part in module.modules())
