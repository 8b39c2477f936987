"""A whole document: its sentences with what was found in each, then who is who."""

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from hmtl.documents import Document, Relation, Span
from hmtl.render.terminal import BOLD, DIM, PALETTE, Cell, Codes, is_reordered, paint, safe, wrap
from hmtl.render.tracks import Brush, Mark, tracks

GUTTER = 11
LEAST_WIDTH = GUTTER + 20
NAMES, MENTIONS = Brush("└", "─", "┘", "┴"), Brush("╰", "─", "╯", "╵")
ASCII = Brush("|", "_", "|", "^")
Words = list[tuple[str, Codes]]


def render(document: Document, width: int = 80, colour: bool = False, plain: bool = False) -> str:
    """The document for a terminal of `width` columns (31 at least; nothing is cut off, long lines are
    broken).

    For each sentence its text, beneath it brackets for named entities and for mentions, the inner above the
    outer, and its relations; at the end the coreference clusters. A cluster of two or more mentions has a
    number, which its mentions bear, and with `colour` a colour. With `plain` brackets and arrows are ASCII.
    Where words are written from right to left, which not every terminal shows in the same order, labels stand
    before their words in place of brackets.
    A layer that is not annotated is left out.

    Text and labels may be hostile: see `hmtl.render.terminal.safe`.
    """
    return "\n".join(_Page(document, max(width, LEAST_WIDTH), colour, plain).lines()) + "\n"


class _Page:
    """One document on its way to lines of text."""

    def __init__(self, document: Document, width: int, colour: bool, plain: bool) -> None:
        self.document, self.width, self.colour, self.plain = document, width - GUTTER, colour, plain
        self.numbered = [cluster for cluster in document.clusters or () if len(cluster) > 1]
        self.numbers = {span: n for n, cluster in enumerate(self.numbered, 1) for span in cluster}
        self.sentence_of = document.sentence_of()
        names = (Mark(span.start, span.end, safe(span.label)) for span in document.entities or ())
        # by sentence, once: looked through for each, all marks would cost the square of the text's length
        self.layers = (
            ("names", self._by_sentence(names), NAMES),
            ("mentions", self._by_sentence(self._mentions()), MENTIONS),
        )
        self.relations: list[list[Relation]] = [[] for _ in document.sentences]
        for relation in document.relations or ():
            self.relations[self.sentence_of[relation.head.start]].append(relation)

    def lines(self) -> Iterator[str]:
        for number in range(len(self.document.sentences)):
            if number:
                yield ""
            yield from self._sentence(number)
        if self.document.clusters:
            yield ""
            yield from self._clusters()

    def _sentence(self, number: int) -> Iterator[str]:
        start, end = self.document.sentences[number]
        cells = list(self._cells(start, end))
        is_listed = any(is_reordered(cell.text) for cell in cells)
        for count, line in enumerate(wrap(cells, self.width)):
            text = "".join(cell.text for cell in line)
            yield self._row("" if count else str(number + 1), self._paint(text, BOLD))
            for title, marks, brush in () if is_listed else self.layers:
                rows = tracks(line, marks[number], ASCII if self.plain else brush, self.width)
                yield from self._rows(title, rows)
        for title, marks, _ in self.layers if is_listed else ():
            yield from self._rows(title, (row for mark in marks[number] for row in self._labelled(mark)))
        rows = [row for relation in self.relations[number] for row in self._relation(relation)]
        yield from self._rows("relations", rows)

    def _labelled(self, mark: Mark) -> list[str]:
        label = [(mark.label, mark.codes)] * bool(mark.label)
        return self._flow([*label, *self._words(mark.start, mark.end, mark.codes)])

    def _by_sentence(self, marks: Iterable[Mark]) -> list[list[Mark]]:
        """For each sentence the marks that have a word in it."""
        found: list[list[Mark]] = [[] for _ in self.document.sentences]
        for mark in marks:
            for number in range(self.sentence_of[mark.start], self.sentence_of[mark.end] + 1):
                found[number].append(mark)
        return found

    def _cells(self, start: int, end: int) -> Iterator[Cell]:
        """The sentence's characters; runs of white space as one space."""
        text, offsets = self.document.text, self.document.offsets
        for token in range(start, end + 1):
            yield from (Cell(character, token) for character in safe(text[slice(*offsets[token])]))
            if token < end:
                between = safe(text[offsets[token][1] : offsets[token + 1][0]])
                for before, character in pairwise(f"x{between}"):
                    if character != " " or before != " ":
                        yield Cell(character, None)

    def _mentions(self) -> Iterator[Mark]:
        """A mark for each place that is a mention or stands in a numbered cluster."""
        labels: dict[tuple[int, int], list[str]] = {span: [] for span in self.numbers}
        for span in self.document.mentions or ():
            labels.setdefault(span.bounds, []).append(safe(span.label))
        for span, names in sorted(labels.items()):
            number = self.numbers.get(span)
            label = " ".join(["/".join(names)] * bool(names) + [str(number)] * bool(number))
            yield Mark(*span, label, self._cluster_colour(number))

    def _relation(self, relation: Relation) -> list[str]:
        arrow = f"--{safe(relation.label)}->" if self.plain else f"—{safe(relation.label)}→"
        head, tail = (self._argument(span) for span in (relation.head, relation.tail))
        return self._flow([*head, (arrow, self._codes(BOLD)), *tail])

    def _argument(self, span: Span) -> Words:
        number = self.numbers.get(span.bounds)
        words = self._words(span.start, span.end, self._cluster_colour(number))
        return [*words, (str(number), self._cluster_colour(number))] if number else words

    def _words(self, start: int, end: int, codes: Codes) -> Words:
        return [(word, codes) for word in safe(self.document.span_text(start, end)).split()]

    def _clusters(self) -> Iterator[str]:
        dot = "|" if self.plain else "·"
        for number, cluster in enumerate(self.numbered, 1):
            words = self._listed(cluster, dot, self._cluster_colour(number))
            title = f"same {number}" if number == 1 else f"     {number}"
            yield from self._rows(title, self._flow(words), self._cluster_colour(number))
        alone = [cluster[0] for cluster in self.document.clusters or () if len(cluster) == 1]
        if alone:
            yield from self._rows("once", self._flow(self._listed(alone, dot, ())))

    def _listed(self, spans: Iterable[tuple[int, int]], dot: str, codes: Codes) -> Words:
        words = [word for span in spans for word in ((dot, self._codes(DIM)), *self._words(*span, codes))]
        return words[1:]

    def _flow(self, words: Words) -> list[str]:
        """Painted words with spaces between, broken into lines."""
        cells: list[Cell] = []
        for number, (word, _) in enumerate(words):
            cells += [Cell(" ", None)] * bool(number) + [Cell(character, number) for character in word]
        return [self._painted(line, [codes for _, codes in words]) for line in wrap(cells, self.width)]

    def _painted(self, line: Iterable[Cell], codes: list[Codes]) -> str:
        words = (
            (number, "".join(cell.text for cell in cells))
            for number, cells in groupby(line, lambda c: c.token)
        )
        return "".join(
            self._paint(text, *(() if number is None else codes[number])) for number, text in words
        )

    def _rows(self, title: str, rows: Iterable[str], codes: Codes | None = None) -> Iterator[str]:
        for count, row in enumerate(rows):
            yield self._row("" if count else title, row, codes)

    def _row(self, title: str, text: str, codes: Codes | None = None) -> str:
        gutter = self._paint(title, *(self._codes(DIM) if codes is None else codes))
        return (gutter + " " * (GUTTER - len(title)) + text).rstrip()

    def _cluster_colour(self, number: int | None) -> Codes:
        return self._codes(PALETTE[(number - 1) % len(PALETTE)]) if number else ()

    def _codes(self, *codes: int) -> Codes:
        return codes if self.colour else ()

    def _paint(self, text: str, *codes: int) -> str:
        return paint(text, *self._codes(*codes))
