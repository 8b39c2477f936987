"""Pieces of work on several cores."""

import threading
import time

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from hmtl.predictors.side_by_side import carries_state, side_by_side


@pytest.mark.parametrize("threads", [1, 2, 5, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_are_in_order(count: int, threads: int) -> None:
    def work(piece: int) -> int:
        time.sleep(0.001 * (piece % 3))
        return piece * piece

    assert side_by_side(work, list(range(count)), threads) == [piece * piece for piece in range(count)]


def test_each_has_a_core_of_its_own_and_torch_has_all_again_afterwards() -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        both = threading.Barrier(2, timeout=60)

        def work(_: int) -> int:
            both.wait()  # so that neither thread does all of it
            return torch.get_num_threads()

        assert side_by_side(work, [1, 2, 3, 4], 2) == [1, 1, 1, 1]
        assert torch.get_num_threads() == 2
        later: list[int] = []
        one = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
        one.start()
        one.join()
        assert later == [2]
    finally:
        torch.set_num_threads(before)


def test_an_error_ends_it() -> None:
    done: list[int] = []

    def work(piece: int) -> None:
        if piece == 99:
            raise ConfigurationError("piece 99: is broken")
        time.sleep(0.01)
        done.append(piece)

    with pytest.raises(ConfigurationError, match="piece 99"):
        side_by_side(work, list(range(100)), 2)
    assert len(done) < 50


def test_a_part_that_carries_its_state() -> None:
    class Elmo(torch.nn.Module):
        stateful = True

    assert carries_state(torch.nn.Sequential(torch.nn.Linear(1, 1), Elmo()))
    assert not carries_state(torch.nn.Sequential(torch.nn.Linear(1, 1)))
