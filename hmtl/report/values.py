"""JSON files that may be absent or damaged, and the numbers in them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from allennlp.common.checks import ConfigurationError

from hmtl.json_values import JsonValue, parse

T = TypeVar("T")
MOST = 2**53
"""Counts above are not those of a run: a float no longer holds them exactly."""


def text_of(path: Path) -> str | None:
    """The file's text; None where there is no such file. Raises `ConfigurationError` where it is no text."""
    # nothing but a regular file: reading a pipe would wait for ever
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: byte {error.start} is not UTF-8; restore the file") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; make it readable") from error


def object_of(path: Path) -> JsonValue | None:
    """The file's object; None where there is no such file."""
    text = text_of(path)
    return None if text is None else parse(text, str(path), ConfigurationError)


def lines_of(path: Path) -> list[JsonValue]:
    """The object of each line; none where there is no such file."""
    lines = enumerate((text_of(path) or "").split("\n"), 1)
    return [parse(line, f"{path}:{number}", ConfigurationError) for number, line in lines if line.strip()]


def number(value: JsonValue) -> float:
    """May be infinite or NaN, which Python's JSON can spell."""
    if type(value.value) not in (int, float):
        value.want("a number")
    try:
        return float(value.value)
    except OverflowError:
        value.fail("is too large", "restore the file")


def count(value: JsonValue) -> int:
    """An integer from 0 on."""
    if not 0 <= value.integer() <= MOST:
        value.fail("is out of range", "restore the file")
    return value.value


def truth(value: JsonValue) -> bool:
    """True or false."""
    if type(value.value) is not bool:
        value.want("true or false")
    return value.value


def optional(value: JsonValue, kind: Callable[[JsonValue], T]) -> T | None:
    """The value, or None where it is null or absent."""
    return None if value.is_null else kind(value)


def mapping(value: JsonValue, kind: Callable[[JsonValue], T]) -> dict[str, T]:
    """Values of one kind by name; nothing where it is null or absent."""
    return {} if value.is_null else {name: kind(value[name]) for name in value.names()}
