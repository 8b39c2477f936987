"""What a check finds."""

import difflib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from hmtl.documents import Document
from hmtl.paths import DATA_ROOT

SEVERITIES = ("error", "warning", "note")
SHOWN = 3
"""Places that are shown of a finding that has many."""
LONGEST_QUOTE = 32
SERIOUS = 0.01
"""The share of what is lost from which on it is a warning."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a config or its data, or worth knowing.

    # Parameters

    severity : `error`, training or evaluation would stop; `warning`, it would go on and be the worse for it;
        `note`, worth knowing.
    amount, cause, mend : one line each; amount and cause read as one, such as `3 of 250 spans (1.2 %)` and
        `cross …`. A finding that several splits share differs in its amount alone.
    places : config keys or `file:line`, the first few of `count`.
    rule, task, split : what found it, and in whose data; filled in by `findings_of`.
    """

    severity: str
    cause: str
    mend: str
    places: tuple[str, ...] = ()
    count: int = 1
    amount: str = ""
    rule: str = ""
    task: str = ""
    split: str = ""


class Places:
    """Counts what is found and remembers the first few places."""

    def __init__(self, *places: str) -> None:
        self.count = 0
        self.first: dict[str, None] = {}
        for place in places:
            self.add(place)

    def add(self, place: str, count: int = 1) -> None:
        self.count += count
        if len(self.first) < SHOWN:
            self.first[place] = None

    def finding(self, severity: str, cause: str, mend: str, split: str = "", amount: str = "") -> Finding:
        """A finding at these places."""
        count = max(1, self.count)
        return Finding(severity, cause, mend, tuple(self.first), count, amount, split=split)

    def of(self, total: int, what: str, cause: str, mend: str, split: str) -> Iterator[Finding]:
        """`12 of 345 spans (3.5 %) …`, a warning from `SERIOUS` on; none where nothing was found."""
        if self.count:
            severity = "warning" if self.count >= SERIOUS * total else "note"
            amount = amount_of(self.count, total, what)
            yield self.finding(severity, cause, mend, split, amount)


def error(cause: str, mend: str, *places: str) -> Finding:
    """At config keys."""
    return Places(*places).finding("error", cause, mend)


def warning(cause: str, mend: str, *places: str) -> Finding:
    """At config keys."""
    return Places(*places).finding("warning", cause, mend)


def note(cause: str, mend: str, *places: str) -> Finding:
    """At config keys."""
    return Places(*places).finding("note", cause, mend)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Those that differ in nothing but their places as one, and those that tasks share; the gravest first."""
    groups: dict[Finding, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(replace(finding, places=(), count=0), []).append(finding)
    one = []
    for group, members in groups.items():
        places = dict.fromkeys(place for member in members for place in member.places)
        count = sum(member.count for member in members)
        one.append(replace(group, places=tuple(places)[:SHOWN], count=count))
    shared: dict[Finding, list[str]] = {}
    for finding in one:
        shared.setdefault(replace(finding, task=""), []).append(finding.task)
    joined = (replace(finding, task=", ".join(tasks)) for finding, tasks in shared.items())
    return sorted(joined, key=lambda finding: SEVERITIES.index(finding.severity))


def did_you_mean(name: object, known: Collection[str], otherwise: str = "choose one of") -> str:
    """`did you mean 'x'?`, or what there is to choose from."""
    close = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"{otherwise} {', '.join(known) or 'none'}"


def short(place: str) -> str:
    """A place without what lies above the corpora."""
    root = os.environ.get(DATA_ROOT, "").rstrip("/")
    return place.replace(f"{root}/", f"${DATA_ROOT}/") if root else place


def quoted(document: Document, start: int, end: int) -> str:
    """The place of a span: where its document begins, and its words."""
    text = " ".join(document.span_text(start, end).split())
    cut = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    return f"{place_of(document)} “{cut}”"


def place_of(document: Document) -> str:
    """Where a document begins; with its id where the line says nothing, as in a file of one."""
    place = short(document.source)
    return f"{place} ({document.id})" if place.endswith(":1") and document.id not in place else place


def amount_of(part: int, whole: int, what: str) -> str:
    """`12 of 345 spans (3.5 %)`."""
    return f"{part:,} of {whole:,} {what} ({share(part, whole)})"


def share(part: float, whole: float) -> str:
    """`12.3 %`; few are never told as none."""
    percent = 100 * part / whole if whole else 0.0
    return "<0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"
