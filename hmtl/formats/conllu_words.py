"""Sentences of CoNLL-U: the words, the text that they stand in, and what MISC says of them."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from hmtl.formats.conllu_misc import USUAL, misc_values, unescape
from hmtl.formats.files import TextFile

WIDTH, FORM, MISC = 10, 1, 9
RANGE = re.compile(r"([1-9]\d{0,8})-([1-9]\d{0,8})")
EMPTY_NODE = re.compile(r"(\d{1,9})\.[1-9]\d{0,8}")
NOTED = frozenset({"Entity", "Bridge", "SplitAnte", "Split"})


class Note(NamedTuple):
    """What MISC says of mentions in one row: the number of words before it in the document, and its line."""

    words_before: int
    is_empty_node: bool
    line: int
    misc: dict[str, str]


class Range(NamedTuple):
    """A multiword token: its last word's number, its own form and MISC."""

    end: int
    form: str
    misc: dict[str, str]


class Words:
    """The words of one document, appended sentence by sentence.

    A word is followed by a space and a sentence by a line break, unless MISC says `SpaceAfter=No` or gives
    the white space as `SpacesAfter` or `SpacesBefore`. Words of a multiword token share its characters; where
    they do not spell it they stand there in its place, which `tally` counts.
    """

    def __init__(self, file: TextFile, tally: Counter[str]) -> None:
        self.file, self.tally = file, tally
        self.tokens: list[str] = []
        self.offsets: list[tuple[int, int]] = []
        self.sentences: list[tuple[int, int]] = []
        self.notes: list[Note] = []
        self._pieces: list[str] = []
        self._length = 0
        self._is_open = False  # whether nothing says what follows the last word
        self._surfaces: dict[int, str] = {}  # multiword tokens by the piece that has their words instead

    @property
    def text(self) -> str:
        """The characters that the offsets count."""
        return "".join(self._pieces[:-1] if self._is_open else self._pieces)

    def add(self, rows: list[tuple[int, str]]) -> str:
        """Appends a sentence and gives its text, as `# text` should say it. Raises `FormatError` for rows
        that are not CoNLL-U's."""
        tokens, begin, begin_piece, last, owner = self.tokens, len(self.tokens), len(self._pieces), 0, None
        for number, line in rows:
            row = line.split("\t")
            if len(row) != WIDTH:
                self.file.fail(number, f"has {len(row)} columns", "give the ten of CoNLL-U, parted by tabs")
            form, misc = row[FORM], USUAL.get(row[MISC])
            if misc is None:
                misc = misc_values(row[MISC], self.file, number)
            is_word = row[0] == str(last + 1)
            if not is_word:
                owner = self._other_row(number, row, misc, last, owner)
            elif not form:
                self.file.fail(number, "has no word", "give it in the second column")
            else:
                last += 1
                tokens.append(form)
                if owner is None:
                    self._place(form, misc)
                elif owner.end == last:
                    self._place_range(owner)
                    owner = None
            if misc and not NOTED.isdisjoint(misc):
                self.notes.append(Note(len(tokens) - is_word, not is_word, number, misc))
        if owner or not last:
            self.file.fail(rows[-1][0], "ends a sentence too early", "the file lacks words, fetch it again")
        self.sentences.append((begin, len(tokens) - 1))
        if self._is_open:
            self._pieces[-1] = "\n"
        pieces = self._pieces[begin_piece:]
        if self._surfaces:
            pieces = [self._surfaces.get(i, piece) for i, piece in enumerate(pieces, begin_piece)]
        return "".join(pieces)

    def _other_row(
        self, number: int, row: list[str], misc: dict[str, str], last: int, owner: Range | None
    ) -> Range | None:
        """Takes the row of a multiword token or an empty node; gives the multiword token that is open now."""
        is_next = False
        if match := EMPTY_NODE.fullmatch(row[0]):
            is_next = int(match[1]) == last
            self.tally["empty nodes left out"] += is_next
        elif match := RANGE.fullmatch(row[0]):
            is_next = owner is None and int(match[1]) == last + 1 <= int(match[2]) and row[FORM] != ""
            owner = Range(int(match[2]), row[FORM], misc)
            if not NOTED.isdisjoint(misc):
                self.file.fail(number, "has a mention at a multiword token", "put it at one of its words")
        if not is_next:
            mend = "number words, multiword tokens and empty nodes in order"
            self.file.fail(number, f"has number '{row[0][:20]}' after word {last}", mend)
        return owner

    def _place_range(self, owner: Range) -> None:
        words = self.tokens[len(self.offsets) :]
        is_spelt = "".join(words) == owner.form
        if not is_spelt:
            self.tally["multiword tokens written as their words"] += 1
            self._surfaces[len(self._pieces) + ("SpacesBefore" in owner.misc)] = owner.form
        between = "" if is_spelt else " "
        self._place(between.join(words), owner.misc)
        (start, _) = self.offsets.pop()
        for word in words:
            self.offsets.append((start, start + len(word)))
            start += len(word) + len(between)

    def _place(self, piece: str, misc: dict[str, str]) -> None:
        """Lays a word out, or those of a multiword token as one, with the white space around it."""
        start, after, self._is_open = self._length, " ", True
        if misc:
            if "SpacesBefore" in misc:
                before = unescape(misc["SpacesBefore"])
                self._pieces.append(before)
                start += len(before)
            if "SpacesAfter" in misc:
                after, self._is_open = unescape(misc["SpacesAfter"]), False
            elif misc.get("SpaceAfter") == "No":
                after, self._is_open = "", False
        end = start + len(piece)
        self.offsets.append((start, end))
        self._pieces += (piece, after)
        self._length = end + len(after)
