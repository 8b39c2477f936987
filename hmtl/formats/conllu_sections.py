"""The documents of a CoNLL-U file, with what its comments say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile

from hmtl.formats.columns import blocks
from hmtl.formats.conllu_words import Words
from hmtl.formats.entity_brackets import Header, read_header
from hmtl.formats.files import TextFile
from hmtl.json_values import short

GLOBAL = "global.Entity"
NEWDOC, NAMED = "newdoc", "newdoc id"

Comments = dict[str, tuple[int, str]]
"""The line and the value of each name."""


class Section:
    """A document: the line that begins it, its name if it has one, its genre, its words, who says each of
    them, and what declares the fields of its mentions."""

    def __init__(
        self, file: TextFile, line: int, comments: Comments, header: Header | None, tally: Counter[str]
    ) -> None:
        self.file = file
        self.line, self.id = comments.get(NAMED) or (line, None)
        self.genre = comments["meta::genre"][1] if "meta::genre" in comments else None
        self.header = (
            read_header(comments[GLOBAL][1], file, comments[GLOBAL][0]) if GLOBAL in comments else header
        )
        self.words = Words(file, tally)
        self.speakers: list[str] = []

    def add(self, comments: Comments, rows: list[tuple[int, str]]) -> None:
        """Appends a sentence. Raises `FormatError` where `# text` says something else than its words."""
        said = self.words.add(rows)
        if "text" in comments:
            line, text = comments["text"]
            if text != said and text.split() != said.split():
                cause = f"gives another text than the words, which say {short(said.strip())}"
                self.file.fail(line, cause, "correct it or SpaceAfter, or remove it")
        speaker = comments["speaker"][1] if "speaker" in comments else ""
        self.speakers += [speaker] * (len(self.words.tokens) - len(self.speakers))


def sections(file: TextFile, tally: Counter[str]) -> Iterator[tuple[Section, bool]]:
    """The documents, and whether each is the last. What declares the fields of mentions holds until another
    does."""
    section: Section | None = None
    for block in blocks(file):
        head = list(takewhile(lambda numbered: numbered[1][0] == "#", block))
        comments, rows = _comments(head), block[len(head) :]
        if not rows:
            file.fail(block[0][0], "is a sentence without words", "remove its comments")
        if section is None or NAMED in comments or NEWDOC in comments:
            if section:
                yield section, False
            section = Section(file, block[0][0], comments, section and section.header, tally)
        elif GLOBAL in comments:
            file.fail(
                comments[GLOBAL][0], f"declares # {GLOBAL} inside a document", "put it at its beginning"
            )
        section.add(comments, rows)
    if section:
        yield section, True


def _comments(head: list[tuple[int, str]]) -> Comments:
    comments: Comments = {}
    for number, line in head:
        name, _, value = line[1:].partition("=")
        comments[name.strip()] = number, value.strip()
    return comments
