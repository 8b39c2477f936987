"""How many inputs are annotated at once."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from allennlp.common.checks import ConfigurationError
from allennlp.data import Instance

Input = TypeVar("Input")

_CHARACTERS = 6
"""Of a word of raw text, with the space behind it."""


def groups(inputs: Iterable[Input], most: int, most_words: int) -> Iterator[list[Input]]:
    """The inputs in lists of at most so many, with at most about so many words, unless one alone has more.

    Where an input cannot be read, those before it are given first.
    """
    group: list[Input] = []
    words = 0
    try:
        for one in inputs:
            own = words_in(one)
            if group and (len(group) == most or words + own > most_words):
                yield group
                group, words = [], 0
            group.append(one)
            words += own
    except ConfigurationError:
        if group:
            yield group
        raise
    if group:
        yield group


def words_in(data: Any) -> int:
    """About how many words an instance or what a user sent has. What is no input counts as one: others say
    what is wrong with it."""
    if isinstance(data, Instance):
        return len(data["documents"].document.tokens)
    match data:
        case {"tokens": list() as words}:
            return len(words)
        case {"sentences": list() as sentences}:
            return sum(len(sentence) for sentence in sentences if isinstance(sentence, list))
        case {"text": str() as text}:
            return len(text) // _CHARACTERS + 1
    return 1
