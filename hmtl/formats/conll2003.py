"""Flat spans in tagged columns: CoNLL-2003 and everything laid out like it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Span
from hmtl.formats import tags as schemes
from hmtl.formats.align import lay_out
from hmtl.formats.columns import cells
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.tagged import COMMENT, DOCSTART, Columns, TaggedSection, TaggedSentence


@Format.register("conll2003")
class Conll2003(Format):
    """One word a row, columns parted by tabs or spaces, a tag in one of them, a blank line after each
    sentence.

    A document is what a `-DOCSTART-` row or a `# newdoc` comment begins; a file without any is one document.
    Where `# text = ` comments spell out the sentences, text and offsets are taken from there, a line a
    sentence. Source: Tjong Kim Sang and De Meulder (2003), https://aclanthology.org/W03-0419.

    # Parameters

    token_column, tag_column : counted from 0, or from the end if negative. `tag_column: null` reads bare
    text.
    ignore_labels : spans with these labels are left out, such as `["MISC"]`.
    scheme : `IOB1`, `BIO`, `BIOUL` or `BIOES`; by default each file's own, recognised from its tags.
    sentences_per_document : longer documents are cut after so many sentences. A document is in memory whole:
        a file of gigabytes without any `-DOCSTART-` should not be one.

    # Raises

    `FormatError` at a tag that the scheme forbids, at a row without its word or tag column and, where one of
    these is counted from the end, at a row with more or fewer columns than the file's first. What is written
    are words and tags; ids, text and offsets are not kept.
    """

    layers = frozenset({"entities"})
    suffixes = (".conll", ".conll2003", ".bio", ".iob", ".iob2", ".tsv", ".train", ".testa", ".testb")

    def __init__(
        self,
        token_column: int = 0,
        tag_column: int | None = -1,
        ignore_labels: list[str] | None = None,
        scheme: str | None = None,
        max_megabytes: int = 1024,
        sentences_per_document: int | None = None,
    ) -> None:
        super().__init__(max_megabytes)
        if sentences_per_document is not None and sentences_per_document < 1:
            raise ConfigurationError(
                f"sentences_per_document: is {sentences_per_document}; give at least 1, or leave it out"
            )
        if scheme not in (None, *schemes.SCHEMES):
            raise ConfigurationError(
                f"scheme: '{scheme}' is unknown; choose from {', '.join(schemes.SCHEMES)}"
            )
        if token_column == tag_column:
            raise ConfigurationError(
                f"tag_column: {tag_column} is the token_column; name the column of the tags"
            )
        self.columns = Columns(token_column, tag_column)
        self.ignore_labels = frozenset(ignore_labels or ())
        self.scheme, self.sentences_per_document = scheme, sentences_per_document
        self.written_scheme = scheme or "BIO"

    def read_file(self, file: TextFile) -> Iterator[Document]:
        # the scheme is the whole file's: it is read twice rather than held in memory
        scheme = self.scheme or schemes.detect(sentence.tags for sentence in self.columns.sentences(file))
        sections = self.columns.sections(file, self.sentences_per_document)
        first_two = list(islice(sections, 2))
        for number, section in enumerate(chain(first_two, sections), start=1):
            name = section.id or (file.stem if len(first_two) == 1 else f"{file.stem}.{number}")
            yield self._document(file, section, name, scheme)

    def _document(self, file: TextFile, section: TaggedSection, name: str, scheme: str) -> Document:
        tokens: list[str] = []
        entities: list[Span] = []
        bounds: list[tuple[int, int]] = []
        for sentence in section.sentences:
            spans = self._decode(file, sentence, scheme)
            entities += [Span(start + len(tokens), end + len(tokens), label) for start, end, label in spans]
            bounds.append((len(tokens), len(tokens) + len(sentence.tokens) - 1))
            tokens += sentence.tokens
        text, offsets = "", []
        if any(sentence.text is not None for sentence in section.sentences):
            text, offsets = lay_out([(s.tokens, s.text) for s in section.sentences])
        return Document(
            id=name,
            tokens=tuple(tokens),
            sentences=tuple(bounds),
            text=text,
            offsets=tuple(offsets),
            entities=None if self.columns.tag is None else tuple(entities),
            source=file.at(section.line),
        )

    def _decode(self, file: TextFile, sentence: TaggedSentence, scheme: str) -> list[Span]:
        try:
            spans = schemes.decode(sentence.tags, scheme)
        except schemes.TagError as error:
            position = min(error.position, len(sentence.tags) - 1)
            file.fail(sentence.line + position, str(error), "correct the tag, or name the right scheme")
        return [span for span in spans if span.label not in self.ignore_labels]

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (line for document in documents for line in self._lines(document)))

    def _lines(self, document: Document) -> Iterator[str]:
        self.check_layers(document)
        yield from self._heading(document)
        for (first, last), entities in zip(
            document.sentences, self.by_sentence(document, "entities"), strict=True
        ):
            try:
                tags = schemes.encode(entities, last - first + 1, self.written_scheme)
            except schemes.TagError:
                self.cannot_hold(document, "nested or overlapping entities", "write jsonl")
            yield from self._sentence(document, first, last, tags)
            yield ""

    def _heading(self, document: Document) -> Iterator[str]:
        yield from (DOCSTART + "\tO", "")

    def _sentence(self, document: Document, first: int, last: int, tags: list[str]) -> Iterator[str]:
        if document.tokens[first] == DOCSTART:
            self.cannot_hold(document, f"a sentence that begins with the word {DOCSTART}", "replace it")
        return self.rows(document, [document.tokens[first : last + 1], tags])

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        words = (
            line.rstrip(" \t")
            for line in lines
            if not COMMENT.fullmatch(line) and not line.startswith(DOCSTART)
        )
        rows = [cells(line) for line in words if line]
        are_tagged = all(2 <= len(row) <= 9 and schemes.is_tag(row[-1]) for row in rows)
        are_numbered = all(len(row) > 2 and row[0].isdigit() for row in rows)
        are_layered = all(len(row) > 4 and all(map(schemes.is_tag, row[1:])) for row in rows)
        return bool(rows) and are_tagged and not are_numbered and not are_layered
