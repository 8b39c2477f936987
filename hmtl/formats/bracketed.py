"""Writing documents in bracket columns, for all formats that have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hmtl.documents import Document, Span
from hmtl.formats.brackets import write_clusters, write_spans
from hmtl.formats.files import write_lines
from hmtl.formats.format import Format
from hmtl.formats.sections import END, begin_line

Columns = list[Sequence[str]]


class Bracketed(Format):
    """A format whose documents stand between `#begin document` and `#end document`."""

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (line for document in documents for line in self.lines(document)))

    def lines(self, document: Document) -> Iterator[str]:
        """The lines of one document. Raises `FormatError` where it has what these columns cannot hold."""
        self.check_layers(document)
        begin = begin_line(document.id)
        if begin is None:
            self.cannot_hold(document, "an id with a line break or of brackets", "rename it")
        yield begin
        for columns in self.columns(document):
            yield from self.rows(document, columns)
            yield ""
        yield END

    def columns(self, document: Document) -> Iterator[Columns]:
        """For each sentence its columns, a cell for each word."""
        raise NotImplementedError

    def span_cells(self, document: Document, spans: Iterable[Span], length: int) -> list[str]:
        """The bracket column of a sentence's spans."""
        column = write_spans(spans, length)
        if column is None:
            self.cannot_hold(document, "crossing spans, or a label with a bracket or none", "write jsonl")
        return column

    def cluster_cells(self, document: Document) -> list[str]:
        """The coreference column of the whole document."""
        column = write_clusters(document.clusters or (), len(document.tokens))
        if column is None:
            self.cannot_hold(document, "spans in one cluster that cross or meet", "write jsonl")
        return column
