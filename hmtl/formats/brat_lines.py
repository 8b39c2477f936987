"""The lines of brat's `.ann` files, before anyone looks at the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hmtl.formats.files import TextFile

SPAN = re.compile(r"([^\s;]+) (\d{1,15}) (\d{1,15})((?:;\d{1,15} \d{1,15})*)")
RELATION = re.compile(r"(\S+) Arg1:(\S+) Arg2:(\S+)")
EQUIVALENT = re.compile(r"Equiv((?: \S+)+)")
NOT_READ = {
    "E": "events",
    "A": "attributes",
    "M": "attributes",
    "N": "normalizations",
    "#": "notes",
}
"""Lines for which a Document has no place, by their first character."""


class TextBound(NamedTuple):
    """Characters with a type; `quoted` is what the line says stands there."""

    line: int
    label: str
    start: int
    end: int
    quoted: str


class Related(NamedTuple):
    """A relation between two text-bound annotations, or several of them that mean the same (label "")."""

    line: int
    label: str
    names: list[str]


@dataclass
class Annotations:
    """The annotations of a file by their ids."""

    bounds: dict[str, TextBound] = field(default_factory=dict)
    relations: list[Related] = field(default_factory=list)
    equivalences: list[Related] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    """Ids of events and of discontinuous annotations, which others may name."""


def parse_lines(file: TextFile, leave_out: bool, tally: Counter[str]) -> Annotations:
    """The file's annotations.

    What a Document cannot hold is counted in `tally`: events, attributes, normalizations, notes, what refers
    to an event and, if `leave_out`, discontinuous annotations and what refers to them; otherwise these raise
    `FormatError`, as does any line that is not brat's, an id that stands twice, and one that is nowhere.
    """
    found = Annotations()
    lines: dict[str, int] = {}
    for number, line in file.lines:
        if not line.strip():
            continue
        name, tab, content = line.partition("\t")
        if not tab or name[:1] not in {"T", "R", "*", *NOT_READ}:
            file.fail(
                number, f"'{line[:40]}' is no annotation", "begin it with T, R, *, E, A, M, N or # and a tab"
            )
        if name[0] not in "*#" and lines.setdefault(name, number) != number:
            file.fail(number, f"'{name}' stands in line {lines[name]} too", "give each annotation its own id")
        if name[0] == "T":
            _text_bound(file, number, line, found, leave_out, tally)
        elif name[0] in "R*":
            _related(file, number, name, content.rstrip(), found)
        else:
            tally[f"{NOT_READ[name[0]]} are not read"] += 1
            found.lost |= {name} if name[0] == "E" else set()
    found.relations = _resolved(file, found, found.relations, "left out relations", tally)
    found.equivalences = _resolved(file, found, found.equivalences, "equivalences", tally)
    return found


def _text_bound(
    file: TextFile, number: int, line: str, found: Annotations, leave_out: bool, tally: Counter[str]
) -> None:
    name, _, rest = line.partition("\t")
    place, _, quoted = rest.partition("\t")
    match = SPAN.fullmatch(place)
    if not match:
        file.fail(
            number,
            f"'{place[:40]}' is no type with characters",
            "write TYPE START END, then a tab and the text",
        )
    label, start, end, more = match.groups()
    if not more:
        found.bounds[name] = TextBound(number, label, int(start), int(end), quoted)
        return
    if not leave_out:
        file.fail(
            number, f"'{name}' is discontinuous", 'make it one span, or read with discontinuous: "leave_out"'
        )
    tally["discontinuous annotations are left out"] += 1
    found.lost.add(name)


def _related(file: TextFile, number: int, name: str, content: str, found: Annotations) -> None:
    if match := (RELATION if name[0] == "R" else EQUIVALENT).fullmatch(content):
        if name[0] == "R":
            found.relations.append(Related(number, match[1], [match[2], match[3]]))
        else:
            found.equivalences.append(Related(number, "", match[1].split()))
        return
    wanted = "TYPE Arg1:T1 Arg2:T2" if name[0] == "R" else "Equiv T1 T2"
    file.fail(number, f"'{content[:40]}' does not say what is related", f"write {wanted}")


def _resolved(
    file: TextFile, found: Annotations, items: Iterable[Related], kind: str, tally: Counter[str]
) -> list[Related]:
    """The items that are left with two arguments or, if they mean the same, with any."""
    kept = []
    for item in items:
        for name in item.names:
            if name not in found.bounds and name not in found.lost:
                file.fail(item.line, f"refers to '{name}', which is nowhere", "add it, or remove the line")
        known = [name for name in item.names if name in found.bounds]
        if len(known) < len(item.names):
            tally[f"{kind} that lack events or discontinuous annotations"] += 1
        if known and (len(known) == len(item.names) or not item.label):
            kept.append(item._replace(names=known))
    return kept
