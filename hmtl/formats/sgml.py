"""The texts of ACE: SGML whose characters are counted without its tags."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

from hmtl.formats.files import TextFile

TAG = re.compile(r"<[^<>]+>")
NAME = re.compile(r"<(/?)\s*([A-Za-z][\w.-]*)")
REFERENCE = re.compile(r"&(amp|lt|gt|quot|apos);", re.IGNORECASE)
CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Sgml(NamedTuple):
    """The text of one element, its references (`&amp;`) replaced.

    `breaks` are the offsets in it where tags stood, in order. The file counts characters from its beginning,
    without tags, but with each reference as it is written: `first` is the first of the element, `references`
    where references begin and end, from there, `saved` how many characters shorter the text is after none,
    one and so on of them.
    """

    text: str
    breaks: list[int]
    first: int
    references: list[tuple[int, int]]
    saved: list[int]

    def offset(self, count: int) -> int | None:
        """The place in the text of what the file counts; None outside it and inside a reference."""
        place = count - self.first
        before = bisect_right(self.references, place, key=lambda reference: reference[1])
        is_inside = before < len(self.references) and self.references[before][0] < place
        place -= self.saved[before]
        return None if is_inside or not 0 <= place <= len(self.text) else place


def read_sgml(file: TextFile, element: str) -> Sgml:
    """The text of the one element of this name. Raises `FormatError` where there is none, or several."""
    raw = "\n".join(line for _, line in file.lines)
    places: list[int] = []
    bounds: dict[str, list[int]] = {"": [], "/": []}  # of the element, by the slash of the tag
    removed = 0
    for tag in TAG.finditer(raw):
        places.append(tag.start() - removed)
        removed += len(tag[0])
        if (match := NAME.match(tag[0])) and match[2].upper() == element.upper():
            bounds[match[1]].append(places[-1])
            if len(bounds[match[1]]) > 1:
                line = raw.count("\n", 0, tag.start()) + 1
                file.fail(line, f"has a second <{match[1]}{match[2]}>", "name an element that stands once")
    (begin,), (end,) = (bounds[slash] or (-1,) for slash in ("", "/"))
    if not 0 <= begin <= end:
        file.fail(1, f"has no text between <{element}> and </{element}>", "name another element")
    return _decoded(TAG.sub("", raw)[begin:end], begin, places)


def _decoded(text: str, first: int, places: list[int]) -> Sgml:
    references = [match.span() for match in REFERENCE.finditer(text)]
    saved = list(accumulate((end - start - 1 for start, end in references), initial=0))
    sgml = Sgml(plain(text), [], first, references, saved)
    inside = places[bisect_left(places, first) : bisect_right(places, first + len(text))]
    offsets = (sgml.offset(place) for place in dict.fromkeys(inside))
    return sgml._replace(breaks=[offset for offset in offsets if offset is not None])


def plain(text: str) -> str:
    """The text with its references replaced."""
    return REFERENCE.sub(lambda match: CHARACTERS[match[1].lower()], text)


def escape(text: str) -> str:
    """The characters as SGML and XML write them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
