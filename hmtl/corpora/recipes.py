"""Files that a corpus does not bring but that its other files determine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hmtl.documents import Document, Relation, Span
from hmtl.formats import Ace, Spert
from hmtl.formats.files import write_lines
from hmtl.formats.streams import whole

MAX_BYTES = 64 << 20
OPEN_GENRES = ("academic", "bio", "interview", "news", "voyage")
"""The genres of GUM whose texts are under an open licence."""


def fire_as_ace(source: Path, target: Path) -> None:
    """FIRE's sentences in the columns of `ace`, which can hold neither an empty word, `_` in its place, nor a
    relation of a mention to itself, nor, as the original HMTL wrote them, mentions that overlap.

    Of FIRE v0 this leaves out three mentions and one relation.
    """
    sentences = json.loads(whole(source, MAX_BYTES))
    for sentence in sentences:
        sentence["tokens"] = [word if word.strip() else "_" for word in sentence["tokens"]]
    split = target.parent.name
    with TemporaryDirectory() as folder:
        draft = Path(folder) / "fire.json"
        draft.write_text(json.dumps(sentences), encoding="utf-8")
        documents = enumerate(Spert(layer="mentions").read(draft))
        Ace().write((_flat(d).replace(id=f"fire/{split}/{n:04}; part 000") for n, d in documents), target)


def _flat(document: Document) -> Document:
    """Of mentions that overlap the shortest stays; an argument that is none any more has no type."""
    kept: set[Span] = set()
    for span in sorted(document.mentions or (), key=lambda span: (span.end - span.start, span)):
        if all(span.end < other.start or other.end < span.start for other in kept):
            kept.add(span)
    relations = {
        Relation(*(s if s in kept else Span(s.start, s.end, "") for s in (head, tail)), label)
        for head, tail, label in document.relations or ()
        if head != tail
    }
    return document.replace(mentions=tuple(kept), relations=tuple(relations))


def gum_split(source: Path, target: Path) -> None:
    """The documents of a split that `splits.md` lists and whose genre is open, a name a line."""
    text = whole(source, MAX_BYTES).decode("utf-8")
    section = re.split(rf"^## {target.stem}$", text, flags=re.MULTILINE)[1].partition("\n## ")[0]
    names = re.findall(r"^\s*\* (\S+)$", section, flags=re.MULTILINE)
    write_lines(target, [name for name in names if name.split("_")[1] in OPEN_GENRES])


RECIPES: dict[str, Callable[[Path, Path], None]] = {"fire_as_ace": fire_as_ace, "gum_split": gum_split}
