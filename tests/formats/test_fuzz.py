"""Damaged files of every format end in Documents or one FormatError of one line; no word is lost unsaid.

Each format has 60 damaged files, and as many of any bytes, unless HMTL_FUZZ_EXAMPLES says how many:

    HMTL_FUZZ_EXAMPLES=2000 python -m pytest tests/formats/test_fuzz.py
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmtl.documents import Document, Relation, Span
from hmtl.formats import Format, FormatError, sniff
from hmtl.formats.lossy import what_fits

EXAMPLES = int(os.environ.get("HMTL_FUZZ_EXAMPLES", "60"))
NAMES = sorted(Format.list_available())
WORD_A_LINE = {"ace", "conll2003", "conll2012", "conllu", "litbank", "uner", "wnut"}
COMPRESSED = {"spacy"}
ADA, BOAT, SHE = Span(0, 1, "PER"), Span(3, 5, "VEH"), Span(7, 7, "PER")
WORDS = tuple("Ada Merrow sold her old boat . She is 31 é .".split())
WHOLE = Document(
    "nw/a",
    WORDS,
    ((0, 6), (7, 11)),
    entities=(ADA, Span(9, 9, "NUM")),
    mentions=(ADA, BOAT, Span(3, 3, "PER"), SHE),
    relations=(Relation(Span(3, 3, "PER"), BOAT, "ART"),),
    clusters=((ADA.bounds, (3, 3), SHE.bounds), (BOAT.bounds,)),
)
HOSTILE = [
    "",
    "\t",
    "\x00",
    "#",
    "-",
    "(",
    ")",
    "*",
    "[]",
    "{}",
    '"',
    "B-X",
    "9" * 30,
    "-1",
    "\u2028",
    "\ud7ff",
    "%",
    "</",
    "<!",
]
VALUES: list[Any] = [
    None,
    True,
    -1,
    10**20,
    1.5,
    float("nan"),
    "",
    "x",
    "\ud800",
    [],
    [[]],
    {},
    {"a": [1]},
    [0, 1],
]

Damage = Callable[[bytes, int, int, int], bytes]


def file_name(name: str) -> str:
    return f"f.{Format.by_name(name).suffixes[0].lstrip('.')}"


def make(name: str, folder: Path) -> Path:
    """What the format holds of one document, or of two in a file, written."""
    form, path = Format.by_name(name)(), folder / file_name(name)
    document = what_fits(form, WHOLE, path.name)
    try:
        form.write([document, document.replace(id="nw/b")], path)
    except FormatError:
        form.write([document], path)
    return path


def _bytes(data: bytes, where: int, what: int, _: int) -> bytes:
    place = where % len(data)
    return data[:place] + bytes([what % 256]) + data[place + 1 :]


def _lines(data: bytes, where: int, change: Callable[[list[bytes], int], list[bytes]]) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(change(lines, where % len(lines)))


def _swap(data: bytes, where: int, other: int, _: int) -> bytes:
    def change(lines: list[bytes], i: int) -> list[bytes]:
        j = other % len(lines)
        lines[i], lines[j] = lines[j], lines[i]
        return lines

    return _lines(data, where, change)


def _insert(data: bytes, where: int, what: int, _: int) -> bytes:
    place = where % (len(data) + 1)
    return data[:place] + HOSTILE[what % len(HOSTILE)].encode() + data[place:]


def _value(data: bytes, where: int, what: int, line: int) -> bytes:
    """One value of one line's JSON, or of the file's, becomes another."""
    lines = data.split(b"\n")
    line %= len(lines)
    for start, end in ((line, line + 1), (0, len(lines))):
        try:
            root = json.loads(b"\n".join(lines[start:end]))
        except ValueError:
            continue
        places = list(_places({"": root}))
        holder, key = places[where % len(places)]
        holder[key] = VALUES[what % len(VALUES)]
        top = root if (holder, key) != places[0] else holder[key]
        return b"\n".join([*lines[:start], json.dumps(top).encode(), *lines[end:]])
    return _bytes(data, where, what, line)


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if type(value) is dict else list(range(len(value))) if type(value) is list else []
    return [place for key in keys for place in [(value, key), *_places(value[key])]]


KINDS: dict[str, Damage] = {
    "bytes": _bytes,
    "cut": lambda data, where, *_: data[: where % len(data)],
    "drop": lambda data, where, *_: _lines(data, where, lambda lines, i: lines[:i] + lines[i + 1 :]),
    "double": lambda data, where, *_: _lines(data, where, lambda lines, i: lines[: i + 1] + lines[i:]),
    "swap": _swap,
    "insert": _insert,
    "value": _value,
}


def read(form: Format, path: Path) -> list[Document] | None:
    """The documents; None where one line says why there are none."""
    try:
        return list(form.read(path))
    except FormatError as error:
        message = str(error)
        assert "\n" not in message and "; " in message, message
        return None


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files(name: str, data: st.DataObject) -> None:
    form = Format.by_name(name)()
    with TemporaryDirectory() as folder:
        path = make(name, Path(folder))
        before = read(form, path)
        assert before
        kind = data.draw(st.sampled_from(sorted(KINDS)))
        seeds = data.draw(st.tuples(*[st.integers(0, 1 << 16)] * 3))
        victim = data.draw(st.sampled_from(sorted(p for p in Path(folder).rglob("*") if p.is_file())))
        content = victim.read_bytes()
        if name in COMPRESSED and data.draw(st.booleans()):
            victim.write_bytes(zlib.compress(KINDS[kind](zlib.decompress(content), *seeds)))
        else:
            victim.write_bytes(KINDS[kind](content, *seeds) if content else b"\xff")
        after = read(form, path)
        if after is not None and name in WORD_A_LINE and kind != "cut":
            # a line that is hurt costs its own word and the one that a lost line end joins to it
            assert words(after) >= words(before) - 2
        if after is not None:
            assert_stable(form, after, Path(folder))


def words(documents: list[Document]) -> int:
    return sum(len(document.tokens) for document in documents)


def assert_stable(form: Format, documents: list[Document], folder: Path) -> None:
    """What was read is written, or refused, and read again."""
    path = folder / f"again_{file_name(form.name)}"
    try:
        form.write(documents, path)
    except FormatError as error:
        assert "\n" not in str(error)
        return
    assert len(list(form.read(path))) == len(documents)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=60))
def test_any_bytes(name: str, data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name(name)
        path.write_bytes(data)
        read(Format.by_name(name)(), path)
        try:
            sniff(path)
        except FormatError as error:
            assert "\n" not in str(error)
