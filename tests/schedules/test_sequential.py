"""One task's whole data, then the next task's."""

from itertools import groupby

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, plan_of

from hmtl.data_loader import TaskSize


def blocks(drawn: list[str]) -> list[tuple[str, int]]:
    return [(task, len(list(block))) for task, block in groupby(drawn)]


@pytest.mark.parametrize("epoch", [0, 7])
def test_each_training_set_once_an_epoch(epoch: int) -> None:
    drawn = build("sequential").draw(epoch, plan_of())
    assert blocks(drawn) == [("ner", 20), ("emd", 5), ("coref", 75)]


def test_in_an_order_of_ones_own() -> None:
    drawn = build("sequential", order=["coref", "ner", "emd"]).draw(0, plan_of())
    assert blocks(drawn) == [("coref", 75), ("ner", 20), ("emd", 5)]


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=6), more=st.integers(0, 200))
def test_blocks_scaled_to_the_epoch(sizes: list[int], more: int) -> None:
    data = {f"task{number}": TaskSize(size, size) for number, size in enumerate(sizes)}
    steps = len(sizes) + more
    found = blocks(build("sequential", steps_per_epoch=steps).draw(0, plan_of(data, scores=())))
    assert [task for task, _ in found] == list(data)
    lengths = [length for _, length in found]
    assert sum(lengths) == steps and min(lengths) >= 1
    if steps == sum(sizes):
        assert lengths == sizes
    beyond = sum(sizes) - len(sizes)
    for length, size in zip(lengths, sizes, strict=True):
        quota = more * (size - 1) / beyond if beyond else more / len(sizes)
        assert abs(length - 1 - quota) < 1 + 1e-6


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"order": ["ner", "emd"]}, r"order: does not name task 'coref'; add it$"),
        (
            {"order": ["ner", "emd", "nre"]},
            r"order\.nre: there is no such task; the tasks are ner, emd, coref$",
        ),
        ({"order": ["ner", "emd", "coref", "ner"]}, r"order: names a task twice; name each once$"),
        ({"steps_per_epoch": 2}, r"steps_per_epoch is 2; a sequential schedule needs one for each of the 3"),
    ],
)
def test_what_cannot_be(config: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^trainer\.schedule\.{message}"):
        build("sequential", **config).expected(0, plan_of(SIZES))
