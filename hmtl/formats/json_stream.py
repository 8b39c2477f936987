"""JSON objects one after another, whether a file has them in one array, a line each, or over many lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from hmtl.formats.files import TextFile
from hmtl.formats.streams import LONGEST_LINE, FormatError
from hmtl.json_values import JsonValue, parse

STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# up to the next bracket that stands in no string; possessive, so that hostile text takes linear time
PLAIN = re.compile(rf'(?:[^"{{}}\[\]]++|{STRING})*+')
RUN = re.compile(rf"{PLAIN.pattern}([{{}}\[\]])")


def json_objects(file: TextFile) -> Iterator[JsonValue]:
    """The file's objects, each with the `file:line` where it begins; memory holds one of them and its lines.

    Raises `FormatError` for anything else than one array of objects or objects one after another, where
    the file ends inside of either, and for an object of over 64 MB.
    """
    state = _Array()
    parts: list[str] = []
    begun, depth, size, number = 0, 0, 0, 1
    for number, line in file.lines:
        position = 0
        while position < len(line):
            if not depth:
                position = state.skip(file, number, line, position)
                begun, parts, size = number, [], 0
                if position == len(line):
                    break
            start, (position, depth) = position, _nest(file, number, line, position, depth)
            parts.append(line[start:position])
            size += position - start
            if size > LONGEST_LINE:
                file.fail(begun, f"begins an object of over {LONGEST_LINE >> 20} MB", "close it, or split it")
            if not depth:
                yield parse("\n".join(parts), file.at(begun), FormatError)
    if depth:
        file.fail(begun, "begins an object that is not closed", "the file is cut off, fetch it again")
    state.end(file, number)


def _nest(file: TextFile, number: int, line: str, position: int, depth: int) -> tuple[int, int]:
    """Where the object that is open ends in this line, or the line does, and how many brackets are open
    there."""
    while match := RUN.match(line, position):
        position = match.end()
        depth += 1 if match[1] in "{[" else -1
        if not depth:
            return position, 0
    if PLAIN.match(line, position).end() < len(line):  # type: ignore[union-attr]
        file.fail(number, "has a string that is not closed", "close it in its line")
    return len(line), depth


class _Array:
    """What stands between objects: the brackets and commas of an array that holds them all, or nothing."""

    def __init__(self) -> None:
        self.expected = "[{"
        self.in_array = False

    def skip(self, file: TextFile, number: int, line: str, position: int) -> int:
        """The place of the next object's bracket in the line, or its end. Raises `FormatError` at anything
        else."""
        while position < len(line) and (character := line[position]) != "{":
            if not character.isspace():
                self._take(file, number, character)
            position += 1
        if position < len(line):
            self._take(file, number, "{")
        return position

    def _take(self, file: TextFile, number: int, character: str) -> None:
        if character not in self.expected:
            wanted = " or ".join(self.expected) or "nothing more"
            file.fail(number, f"has {character!r} outside of an object", f"put {wanted} there")
        self.in_array = character == "[" or (self.in_array and character != "]")
        if not self.in_array:
            self.expected = "{" if character == "{" else ""
        else:
            self.expected = {"[": "{]", "{": ",]", ",": "{"}[character]

    def end(self, file: TextFile, number: int) -> None:
        if self.in_array:
            file.fail(
                number, "ends inside an array that is not closed", "the file is cut off, fetch it again"
            )


def first_keys(lines: Iterable[str]) -> frozenset[str]:
    """The keys of the first object, as far as the lines go; none where they are no JSON objects."""
    keys: set[str] = set()
    depth = 0
    for line in lines:
        position = 0
        if not depth:
            position = len(line) - len(line.lstrip().removeprefix("[").lstrip())
        if not depth and line[position:] and line[position] != "{":
            return frozenset()
        while match := RUN.match(line, position):
            if depth == 1:
                keys |= _keys(match[0])
            depth += 1 if match[1] in "{[" else -1
            if not depth:
                return frozenset(keys)
            position = match.end()
        if depth == 1:
            keys |= _keys(PLAIN.match(line, position)[0])  # type: ignore[index]
    return frozenset(keys)


def _keys(text: str) -> set[str]:
    """The keys in a part of an object in which all strings are closed."""
    return {match[1][1:-1] for match in re.finditer(rf"({STRING})\s*:|{STRING}", text) if match[1]}


def array_lines(objects: Iterable[Any]) -> Iterator[str]:
    """The lines of one array, an object each."""
    previous = None
    for item in chain(objects, [None]):
        if item is None:
            yield "[]" if previous is None else f"{previous}]"
        else:
            line = json.dumps(item, ensure_ascii=False)
            if previous is not None:
                yield f"{previous},"
            previous = line if previous is not None else f"[{line}"
