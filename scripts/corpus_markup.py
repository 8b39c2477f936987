"""The inline mark-up of the Harrow Coast corpus: ``[TYPE name]`` and ``{TYPE@cluster mention}``, nested."""

from __future__ import annotations

import re

ENTITY_TYPES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "DATE", "EVENT", "PRODUCT")
MENTION_TYPES = ("PER", "ORG", "GPE", "LOC", "FAC", "VEH")
MARK = re.compile(r"(?P<open>[{\[])(?P<type>[^\s@{}\[\]]*)(?P<cluster>@[^\s{}\[\]]*)? ?|(?P<close>[}\]])")
CLOSING = {"{": "}", "[": "]"}


class SourceError(ValueError):
    """What is wrong with one line of a piece, and the mend; the reader adds where."""

    def __init__(self, cause: str, mend: str) -> None:
        super().__init__(cause, mend)
        self.cause, self.mend = cause, mend


def strip_markup(line: str) -> tuple[str, list[tuple[int, int, str, str | None]]]:
    """The text without mark-up, and of each bracket pair (first character, end character, type, cluster)."""
    text, marks, position = "", [], 0
    stack: list[tuple[str, int, str, str | None]] = []
    for match in MARK.finditer(line):
        text += line[position : match.start()]
        position = match.end()
        if match["open"]:
            stack.append((match["open"], len(text), *read_opening(match)))
            continue
        if not stack:
            raise SourceError(f"a {match['close']!r} that closes nothing", "remove it or open its bracket")
        opened, start, label, cluster = stack.pop()
        if CLOSING[opened] != match["close"]:
            raise SourceError(
                f"the {opened!r} of {label} at {text[start:]!r} is closed by {match['close']!r}",
                "nest the brackets, they must not cross",
            )
        marks.append((start, len(text), label, cluster))
    if stack:
        opened, _, label, _ = stack[-1]
        raise SourceError(f"the {opened!r} of {label} is never closed", f"add {CLOSING[opened]!r}")
    return text + line[position:], marks


def read_opening(match: re.Match[str]) -> tuple[str, str | None]:
    """The type and cluster that an opening bracket declares."""
    label, cluster, is_mention = match["type"], match["cluster"], match["open"] == "{"
    known = MENTION_TYPES if is_mention else ENTITY_TYPES
    if label not in known:
        kind = "mention" if is_mention else "entity"
        raise SourceError(f"unknown {kind} type {label!r} in {match[0]!r}", f"use one of {', '.join(known)}")
    if not match[0].endswith(" "):
        raise SourceError(f"no space after {match[0]!r}", "write the type, one space, then the text")
    if not is_mention:
        if cluster is not None:
            raise SourceError(f"the entity {match[0]!r} names a cluster", "write '[TYPE text]'")
        return label, None
    if cluster is None or not re.fullmatch(r"@[\w-]+", cluster):
        raise SourceError(f"the mention {match[0]!r} names no cluster", "write '{TYPE@cluster text}'")
    return label, cluster[1:]
