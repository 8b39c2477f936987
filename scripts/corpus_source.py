"""Reads a piece of the Harrow Coast corpus: inline markup of untokenised text to tokens, spans and relations.

The source format is described in ``corpus/README.md``. Problems are collected, not raised, so that a writer
sees all of a piece's slips in one run; a line that cannot be read is reported and left out of the piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import spacy
from corpus_markup import SourceError, strip_markup

RELATION_TYPES = ("PHYS", "PART-WHOLE", "PER-SOC", "ORG-AFF", "ART", "GEN-AFF")
SPLITS = ("train", "dev", "test")

TITLES = frozenset(
    "Dr Mr Mrs Ms Miss Sir Lady Lord Captain Capt Colonel Sergeant Inspector Professor Mayor "
    "Minister Councillor Father Sister Judge".split()
)
Finding = tuple[int, str, str]  # line, cause, mend
TOKENIZER = spacy.blank("en").tokenizer


@dataclass(frozen=True)
class Problem:
    """A slip in the source: ``path:line: cause; mend``. A warning is a place to look at and may be right."""

    path: Path
    line: int
    cause: str
    mend: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' * self.is_warning}{self.cause}; {self.mend}"


@dataclass(frozen=True)
class Span:
    """An entity name (``cluster`` is None) or a mention; token indices within the sentence, end inclusive."""

    start: int
    end: int
    label: str
    cluster: str | None = None

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Relation:
    line: int
    label: str
    first: Span
    second: Span


@dataclass
class Sentence:
    line: int
    text: str
    tokens: list[str]
    offsets: list[tuple[int, int]]
    entities: list[Span]
    mentions: list[Span]
    relations: list[Relation] = field(default_factory=list)

    def words(self, span: Span) -> str:
        return self.text[self.offsets[span.start][0] : self.offsets[span.end][1]]

    def innermost_label(self, entity: Span) -> str | None:
        """The type of the smallest mention around the entity, or None."""
        around = [mention for mention in self.mentions if mention.contains(entity)]
        return min(around, key=lambda span: span.end - span.start).label if around else None


@dataclass
class Piece:
    path: Path
    split: str = ""
    genre: str = ""
    sentences: list[Sentence] = field(default_factory=list)


def read_piece(path: Path) -> tuple[Piece, list[Problem]]:
    """Returns what could be read of the piece, and a problem for each line that could not."""
    piece, problems = Piece(path), []
    sentence: Sentence | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            if number <= 2:
                read_header(number, line, piece)
            elif line.startswith(">"):
                # A relation under an unreadable sentence is not reported a second time.
                if sentence is not None:
                    sentence.relations.append(read_relation(number, line, sentence))
                elif not piece.sentences and not problems:
                    raise SourceError("a relation before any sentence", "put it under its sentence")
            elif line.strip():
                sentence = None
                sentence = read_sentence(number, line)
                piece.sentences.append(sentence)
        except SourceError as error:
            problems.append(Problem(path, number, error.cause, error.mend))
    if not piece.sentences and not problems:
        problems.append(Problem(path, 1, "a piece without sentences", "write them below the header"))
    return piece, problems


def read_header(number: int, line: str, piece: Piece) -> None:
    if number == 1:
        split = line.removeprefix("# ").strip()
        if not line.startswith("# ") or split not in SPLITS:
            raise SourceError(f"the first line is {line!r}", "write '# train', '# dev' or '# test'")
        piece.split = split
        return
    match = re.fullmatch(r"# genre: ([a-z]+(?:[ -][a-z]+)*)\s*", line)
    if match is None:
        raise SourceError(f"the second line is {line!r}", "write '# genre: ' and a lower-case word")
    piece.genre = match[1]


def read_sentence(number: int, line: str) -> Sentence:
    text, marks = strip_markup(line.strip())
    if text.startswith("#"):
        raise SourceError("a '#' line below the header", "a piece has two header lines and no comments")
    if text != " ".join(text.split()):
        raise SourceError("white space that is not one plain space", "leave one space between words")
    doc = TOKENIZER(text)
    offsets = [(token.idx, token.idx + len(token)) for token in doc]
    starts = {start: index for index, (start, _) in enumerate(offsets)}
    ends = {end: index for index, (_, end) in enumerate(offsets)}
    entities, mentions = [], []
    for start, end, label, cluster in marks:
        if start not in starts or end not in ends or end <= start:
            near = " | ".join(t.text for t in doc if t.idx <= end and t.idx + len(t) >= start)
            raise SourceError(
                f"the mark-up of {text[start:end]!r} is not on token boundaries",
                f"move the brackets to the edges of the tokens {near}",
            )
        span = Span(starts[start], ends[end], label, cluster)
        (entities if cluster is None else mentions).append(span)
    entities.sort(key=lambda span: (span.start, -span.end))
    mentions.sort(key=lambda span: (span.start, -span.end))
    return Sentence(number, text, [token.text for token in doc], offsets, entities, mentions)


def read_relation(number: int, line: str, sentence: Sentence) -> Relation:
    parts = line[1:].split()
    if len(parts) != 3:
        raise SourceError(f"the relation {line!r} has {len(parts)} parts", "write '> TYPE first second'")
    if parts[0] not in RELATION_TYPES:
        raise SourceError(f"unknown relation type {parts[0]!r}", f"use one of {', '.join(RELATION_TYPES)}")
    return Relation(number, parts[0], find_mention(parts[1], sentence), find_mention(parts[2], sentence))


def find_mention(reference: str, sentence: Sentence) -> Span:
    """``cluster`` or ``cluster#n``: the n-th mention of a cluster in the sentence, by start, longer first."""
    match = re.fullmatch(r"([\w-]+)(?:#([1-9]\d*))?", reference)
    if match is None:
        raise SourceError(
            f"the argument {reference!r} is not a mention's name", "write 'cluster' or 'cluster#2'"
        )
    candidates = [mention for mention in sentence.mentions if mention.cluster == match[1]]
    index = int(match[2] or 1)
    if index > len(candidates):
        raise SourceError(
            f"the sentence has {len(candidates)} mentions of {match[1]!r}, {reference!r} is none of them",
            "mark the mention or correct the name",
        )
    return candidates[index - 1]
