"""Hierarchies of parent names."""

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from hmtl.backbones.tree import parents_first


@st.composite
def forests(draw: st.DrawFn) -> dict[str, str | None]:
    """Parents are drawn among earlier numbers, then the names are shuffled."""
    size = draw(st.integers(0, 8))
    parents = {
        f"n{i}": draw(st.none() | st.integers(0, i - 1).map(lambda j: f"n{j}")) if i else None
        for i in range(size)
    }
    return {name: parents[name] for name in draw(st.permutations(list(parents)))}


@given(forests())
def test_parents_come_first_and_nobody_is_lost(parents: dict[str, str | None]) -> None:
    order = parents_first(parents)
    assert sorted(order) == sorted(parents)
    assert all(parent is None or order.index(parent) < order.index(name) for name, parent in parents.items())


def test_otherwise_as_given() -> None:
    assert parents_first({"b": None, "a": None, "d": "b", "c": "b"}) == ["b", "a", "d", "c"]


@pytest.mark.parametrize(
    ("parents", "circle"),
    [
        ({"a": "a"}, "a → a"),
        ({"a": "b", "b": "a"}, "a → b → a"),
        ({"x": "a", "a": "b", "b": "c", "c": "a"}, "a → b → c → a"),
    ],
)
def test_circles(parents: dict[str, str], circle: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"in a circle \({circle}\)"):
        parents_first(parents)


def test_unknown_parent_with_a_suggestion() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"levels\.coref\.after: there is no level 'mentoin'; did you mean 'mention'\?",
    ):
        parents_first({"mention": None, "coref": "mentoin"})


def test_unknown_parent_unlike_any_level() -> None:
    with pytest.raises(ConfigurationError, match="no level 'xyz'; the levels are ner, emd"):
        parents_first({"ner": None, "emd": "xyz"})
