"""Constructors written in today's Python are config schemas: unions by `|`, literals, annotations as text."""

from typing import TYPE_CHECKING, Literal, Optional

import pytest
from allennlp.common import FromParams, Lazy, Params
from allennlp.common.checks import ConfigurationError

if TYPE_CHECKING:
    from nowhere import Unseen


class Part(FromParams):
    """What the others are built from."""

    def __init__(self, size: int = 1) -> None:
        self.size = size


class Whole(FromParams):
    """Every kind of annotation in one constructor."""

    def __init__(
        self,
        part: Part | None = None,
        old: Optional[Part] = None,  # noqa: UP045 - the spelling is what is tested
        text: "Part | None" = None,
        parts: list[Part] | None = None,
        lazy: Lazy[Part] | None = None,
        either: int | Part = 0,
        mode: Literal["mean", "sum"] = "mean",
        level: Literal[1, 2] | None = None,
        mixed: list[int | Part] | None = None,
    ) -> None:
        self.part, self.old, self.text, self.parts, self.either = part, old, text, parts, either
        self.lazy = lazy.construct() if lazy else None
        self.mode, self.level, self.mixed = mode, level, mixed


class OnlyChecked(FromParams):
    """Names a class that only a type checker imports."""

    def __init__(self, size: int, given: "Unseen" = None) -> None:
        self.size = size


@pytest.mark.parametrize("argument", ["part", "old", "text", "lazy", "either"])
def test_every_spelling_builds_the_part(argument: str) -> None:
    whole = Whole.from_params(Params({argument: {"size": 3}}))
    assert getattr(whole, argument).size == 3


def test_unions_of_containers_and_of_plain_types() -> None:
    whole = Whole.from_params(Params({"parts": [{"size": 1}, {"size": 2}], "either": 5}))
    assert whole.parts is not None and [part.size for part in whole.parts] == [1, 2]
    assert whole.either == 5


def test_unions_inside_containers() -> None:
    mixed = Whole.from_params(Params({"mixed": [5, {"size": 2}]})).mixed
    assert mixed is not None and mixed[0] == 5
    assert isinstance(mixed[1], Part) and mixed[1].size == 2


def test_null_is_none() -> None:
    assert Whole.from_params(Params({"part": None})).part is None


def test_a_choice_is_taken() -> None:
    whole = Whole.from_params(Params({"mode": "sum", "level": 2}))
    assert (whole.mode, whole.level) == ("sum", 2)


def test_a_misspelt_choice_is_refused_with_the_others() -> None:
    with pytest.raises(
        ConfigurationError, match="mode is 'sun'; did you mean 'sum'\\? it can be 'mean', 'sum'"
    ):
        Whole.from_params(Params({"mode": "sun"}))


def test_a_wrong_type_is_the_configs_error_and_still_a_type_error() -> None:
    for kind in (ConfigurationError, TypeError):
        with pytest.raises(kind):
            Part.from_params(Params({"size": "three"}))


def test_names_that_only_type_checkers_see_do_no_harm() -> None:
    assert OnlyChecked.from_params(Params({"size": 2})).size == 2
