"""Tag schemes of flat spans: IOB1, BIO (IOB2), BIOUL and BIOES, recognised, decoded and encoded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hmtl.documents import Span

SCHEMES = ("IOB1", "BIO", "BIOUL", "BIOES")
PREFIXES = {
    "IOB1": ("B", "I"),
    "BIO": ("B", "I"),
    "BIOUL": ("B", "I", "U", "L"),
    "BIOES": ("B", "I", "S", "E"),
}
TO_BIOUL = {"S": "U", "E": "L"}  # BIOES is BIOUL under other letters


class TagError(ValueError):
    """A tag that its scheme does not allow; `position` is its index in the sentence (its length at the
    end)."""

    def __init__(self, position: int, cause: str) -> None:
        super().__init__(cause)
        self.position = position


def is_tag(tag: str) -> bool:
    """Whether this is a tag of any scheme."""
    prefix, _, label = tag.partition("-")
    return tag == "O" or (prefix in ("B", "I", "U", "L", "S", "E") and bool(label))


def detect(sentences: Iterable[Sequence[str]]) -> str:
    """The scheme of a corpus. IOB1 and BIO differ in whether I- may begin a span and B- is used only between
    neighbours of one type; where both are broken the answer is BIO, whose decoding then names the place."""
    prefixes: set[str] = set()
    i_begins = b_alone = False
    for tags in sentences:
        for previous, tag in pairwise(("O", *tags)):
            if tag != "O":
                prefixes.add(tag[0])
                joins = previous[1:] == tag[1:]
                i_begins |= tag[0] == "I" and not joins
                b_alone |= tag[0] == "B" and not joins
    if prefixes & {"S", "E"}:
        return "BIOES"
    if prefixes & {"U", "L"}:
        return "BIOUL"
    return "IOB1" if i_begins and not b_alone else "BIO"


def decode(tags: Sequence[str], scheme: str) -> list[Span]:
    """Spans of one sentence's tags, in order. Raises `TagError` at the first tag that the scheme does not
    allow there."""
    spans: list[Span] = []
    start, label = -1, ""  # of the open span
    for i, tag in enumerate((*tags, "O")):
        if tag == "O" and start < 0:
            continue
        prefix, _, kind = tag.partition("-")
        if tag != "O" and prefix not in PREFIXES[scheme]:
            raise TagError(i, f"tag {tag} is not in the scheme {scheme}")
        prefix = TO_BIOUL.get(prefix, prefix)
        continues = start >= 0 and kind == label and prefix in ("I", "L")
        if start >= 0 and not continues:
            if scheme in ("BIOUL", "BIOES"):
                raise TagError(i, f"the {label} span that is open here does not go on")
            spans.append(Span(start, i - 1, label))
            start = -1
        if prefix in ("B", "U") or (prefix == "I" and scheme == "IOB1" and not continues):
            start, label = i, kind
        elif tag != "O" and not continues:
            raise TagError(i, f"tag {tag} goes on where no {kind} span is open, which {scheme} forbids")
        if prefix in ("U", "L"):
            spans.append(Span(start, i, label))
            start = -1
    return spans


def encode(spans: Iterable[Span], length: int, scheme: str = "BIO") -> list[str]:
    """Tags of one sentence of `length` words. Raises `TagError` where spans overlap."""
    tags = ["O"] * length
    for start, end, label in sorted(spans):
        if any(tag != "O" for tag in tags[start : end + 1]):
            raise TagError(start, "spans overlap")
        follows_own_kind = start > 0 and tags[start - 1][1:] == f"-{label}"
        first = "I" if scheme == "IOB1" and not follows_own_kind else "B"
        tags[start : end + 1] = [f"{first}-{label}", *[f"I-{label}"] * (end - start)]
        if scheme in ("BIOUL", "BIOES"):
            last, unit = ("L", "U") if scheme == "BIOUL" else ("E", "S")
            tags[end] = f"{unit if start == end else last}-{label}"
    return tags
