"""Rows of words and tags, grouped into sentences and documents, before the tags are understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from hmtl.formats.columns import blocks, cells
from hmtl.formats.files import TextFile
from hmtl.formats.tags import is_tag

DOCSTART = "-DOCSTART-"
# the comments of CoNLL-U and UNER; a row whose word is "#" looks different
COMMENT = re.compile(r"#\s*\w[\w.:]*(?: id)? =(?: [^\t]*)?|# (?:newdoc|newpar)\s*")
NEWDOC = re.compile(r"#\s*newdoc(?: id =\s*(.*))?")
TEXT = re.compile(r"#\s*text = (.*)")

Numbered = tuple[int, str]
Start = tuple[int, str | None]
"""The line that begins a document, and the name that it gives."""


class TaggedSentence(NamedTuple):
    """Words and tags; `line` is that of the first word, the others follow. `text` is what a comment gives."""

    line: int
    text: str | None
    tokens: list[str]
    tags: list[str]


class TaggedSection(NamedTuple):
    """A document: the line that begins it, its name if it has one."""

    line: int
    id: str | None
    sentences: list[TaggedSentence]


class Columns(NamedTuple):
    """Where the word and the tag stand, counted from 0 or, if negative, from the end. No tag column: all tags
    are O."""

    token: int
    tag: int | None

    def sections(self, file: TextFile, most: int | None = None) -> Iterator[TaggedSection]:
        """The documents of a file that hold words or have a name, cut after `most` sentences: where they have
        a name, the second part's is `name.2`."""
        section, name, part = TaggedSection(1, None, []), None, 1
        for starts, sentence in self._parts(file):
            for number, name in starts:
                if section.sentences or section.id:
                    yield section
                section, part = TaggedSection(number, name, []), 1
            if sentence is not None and len(section.sentences) == most:
                yield section
                part += 1
                section = TaggedSection(sentence.line, f"{name}.{part}" if name else None, [])
            if sentence is not None:
                section.sentences.append(sentence)
        if section.sentences or section.id:
            yield section

    def sentences(self, file: TextFile) -> Iterator[TaggedSentence]:
        """The sentences of all documents of a file, to be looked at one by one."""
        for _, sentence in self._parts(file):
            if sentence is not None:
                yield sentence
                file.release()

    def _parts(self, file: TextFile) -> Iterator[tuple[list[Start], TaggedSentence | None]]:
        """What each block of lines begins, and the sentence that follows."""
        width = 0
        for block in blocks(file):
            comments = list(takewhile(self._is_comment, block))
            rows, text = block[len(comments) :], None
            starts = [
                (number, match[1]) for number, line in comments if (match := NEWDOC.fullmatch(line.rstrip()))
            ]
            if rows and cells(rows[0][1])[0] == DOCSTART:
                starts.append((rows.pop(0)[0], None))
            for _, line in comments:
                text = match[1] if (match := TEXT.fullmatch(line)) else text
            if rows:
                width = width or len(cells(rows[0][1].rstrip(" \t")))
            yield starts, self._sentence(file, rows, text, width) if rows else None

    def _is_comment(self, numbered: Numbered) -> bool:
        # where the word is not in the first column, no word can begin the line
        return numbered[1][0] == "#" and (self.token > 0 or COMMENT.fullmatch(numbered[1]) is not None)

    def _sentence(
        self, file: TextFile, block: list[Numbered], text: str | None, width: int
    ) -> TaggedSentence:
        used = [column for column in (self.token, self.tag) if column is not None]
        fewest = max(len(used), *(column + 1 if column >= 0 else -column for column in used))
        rows = [cells(line.rstrip(" \t")) for _, line in block]
        for (number, _), row in zip(block, rows, strict=True):
            if len(row) < fewest:
                file.fail(number, f"has {len(row)} columns", f"give {fewest}, or name other columns")
            if len(row) != width and min(used) < 0:
                file.fail(
                    number,
                    f"has {len(row)} columns, the file's first row {width}",
                    "give as many in every row",
                )
        tokens = [row[self.token] for row in rows]
        tags = ["O"] * len(rows) if self.tag is None else [row[self.tag] for row in rows]
        for tag in set(tags):
            if not is_tag(tag):
                file.fail(
                    block[tags.index(tag)][0],
                    f"'{tag}' is not a tag",
                    "write O or B-TYPE, or name the tag_column",
                )
        if not all(tokens):
            file.fail(block[tokens.index("")][0], "has no word", "fill the column, or name the token_column")
        return TaggedSentence(block[0][0], text, tokens, tags)
