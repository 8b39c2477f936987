"""Inputs that are annotated at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from hmtl.predictors.groups import groups, words_in


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 5), st.integers(1, 20))
def test_all_inputs_in_order_and_within_bounds_as_late_as_can_be(
    sizes: list[int], most: int, words: int
) -> None:
    inputs = [{"tokens": ["a"] * size} for size in sizes]
    found = list(groups(inputs, most, words))
    assert [one for group in found for one in group] == inputs
    for group in found:
        assert 1 <= len(group) <= most
        assert len(group) == 1 or sum(map(words_in, group)) <= words
    for group, following in zip(found, found[1:], strict=False):
        assert len(group) == most or sum(map(words_in, [*group, following[0]])) > words


def test_inputs_before_one_that_cannot_be_read_are_given_first() -> None:
    def inputs() -> Iterator[dict[str, str]]:
        yield from ({"text": name} for name in "abc")
        raise ConfigurationError("input 4: is no JSON")

    found = []
    with pytest.raises(ConfigurationError, match="input 4"):
        for group in groups(inputs(), 2, 100):
            found.append(group)
    assert found == [[{"text": "a"}, {"text": "b"}], [{"text": "c"}]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"tokens": ["a", "b", "c"]}, 3),
        ({"sentences": [["a", "b"], ["c"]]}, 3),
        ({"text": "the captain of a ship"}, 4),
        ({"text": 3}, 1),
        ({"sentences": "text"}, 1),
        ({}, 1),
        ("text", 1),
        (None, 1),
    ],
)
def test_about_how_many_words(data: Any, words: int) -> None:
    assert words_in(data) == words
