"""Several ranks on this machine."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import distributed

SECONDS = 120


def on_ranks(function: Callable[[int], object], size: int, directory: Path) -> list[object]:
    """What `function(rank)` returns in each of so many processes of one gloo group, tensors through a file.
    Fails where one fails or all wait for each other."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_run, args=(function, rank, size, directory)) for rank in range(size)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS)
    ends = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    if ends != [0] * size:
        pytest.fail(f"ranks ended with {ends}")
    return [torch.load(directory / f"rank_{rank}.pt", weights_only=False) for rank in range(size)]


def _run(function: Callable[[int], object], rank: int, size: int, directory: Path) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{directory / 'meeting'}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    torch.save(function(rank), directory / f"rank_{rank}.pt")
    distributed.destroy_process_group()
