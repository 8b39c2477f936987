"""Constructors annotated in today's way (`X | None`, `Literal[...]`) are config schemas too."""

import difflib
import inspect
import types
from collections.abc import Callable
from typing import Any, Union

from allennlp.common.checks import ConfigurationError


class ArgumentTypeError(ConfigurationError, TypeError):
    """A value in a config that is not of its argument's type; also a TypeError, as AllenNLP used to raise."""


def as_union(annotation: Any) -> Any:
    """`X | Y` as the `Union[X, Y]` that AllenNLP knows; any other annotation as it is."""
    return Union[annotation.__args__] if isinstance(annotation, types.UnionType) else annotation  # noqa: UP007


def signature_of(method: Callable[..., Any]) -> inspect.Signature:
    """The method's signature with annotations that are text evaluated.

    Text that names what only a type checker imports stays text, which AllenNLP takes for no type at all.
    """
    try:
        return inspect.signature(method, eval_str=True)
    except NameError:
        return inspect.signature(method)


def check_literal(argument: str, value: Any, choices: tuple[Any, ...]) -> Any:
    """`value` if it is one of the choices of a `Literal`; raises `ArgumentTypeError`, which lists them."""
    if value in choices:
        return value
    close = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    raise ArgumentTypeError(f"{argument} is {value!r}; {hint}it can be {', '.join(map(repr, choices))}")
