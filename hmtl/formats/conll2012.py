"""OntoNotes in the column format of the CoNLL-2012 shared task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hmtl.documents import Document, Span
from hmtl.formats.brackets import read_clusters, read_spans, write_clusters, write_spans
from hmtl.formats.columns import FILLERS, Rows, Section, begin_line, cells, fail_in, fits, genre_of, sections, split_part
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format


class Layout(NamedTuple):
    """Where a document's columns stand; `ner` is None where no column holds brackets."""

    ner: int | None
    speaker: int


@Format.register("conll2012")
class Conll2012(Format):
    """Documents between `#begin document (id); part 000` and `#end document`: named entities and coreference.

    The columns are name, part, number, word, POS, parse (may be missing), lemma, frame, sense, speaker, entities, one for
    each predicate, coreference; only word, speaker, entities and coreference are read. Entities are None where the whole
    column is `-` or `_`, and in the New Testament (`pt/`), whose `*` does not mean that there are none; clusters
    where all of it is `_`. Clusters that share a span are united. Of a directory's `_auto_conll` files those with a
    `_gold_conll` twin are left out. Words, also escaped ones such as `/.` and `-LRB-`, are read as they stand.

    A document's id is `name; part 000`, its genre the first folder of the name. What is written has no POS, parse and
    predicates, and no text and offsets. Source: Pradhan et al. (2012), https://aclanthology.org/W12-4501.
    """

    layers = frozenset({"entities", "clusters"})
    suffixes = ("gold_conll", "auto_conll", ".conll")

    def open(self, path: Path) -> Iterator[TextFile]:
        files = list(super().open(path))
        names = {file.name for file in files}
        yield from (file for file in files if len(files) == 1 or _gold_twin(file.name) not in names)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for section in sections(file, fewest=11):
            yield self._document(file, section)

    def _document(self, file: TextFile, section: Section) -> Document:
        layout = _layout(file, section)
        rows = [row for sentence in section.sentences for row in sentence.cells]
        speakers = [row[layout.speaker] for row in rows]
        has_speakers = any(speaker not in FILLERS for speaker in speakers)
        coreference = [row[-1] for row in rows]
        is_open = all(cell == "_" for cell in coreference)
        return Document(
            id=section.id,
            tokens=tuple(row[3] for row in rows),
            sentences=tuple(section.bounds()),
            entities=self._entities(file, section, layout),
            clusters=None if is_open else tuple(read_clusters(coreference, partial(fail_in, file, section.sentences))),
            speakers=tuple("" if name in FILLERS else name for name in speakers) if has_speakers else None,
            genre=genre_of(section.id),
            source=file.at(section.line),
        )

    def _entities(self, file: TextFile, section: Section, layout: Layout) -> tuple[Span, ...] | None:
        if layout.ner is None or "/pt/" in f"/{section.id}":
            return None
        spans: list[Span] = []
        for sentence, (shift, _) in zip(section.sentences, section.bounds(), strict=True):
            column = [row[layout.ner] for row in sentence.cells]
            found = read_spans(column, partial(fail_in, file, [sentence]))
            spans += [Span(start + shift, end + shift, label) for start, end, label in found]
        return tuple(spans)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (line for document in documents for line in self._lines(document)))

    def _lines(self, document: Document) -> Iterator[str]:
        self.check_layers(document)
        name, part = split_part(document.id)
        clusters = document.clusters
        coreference = ["_"] * len(document.tokens) if clusters is None else write_clusters(clusters, len(document.tokens))
        if coreference is None:
            self.cannot_hold(document, "crossing spans in one cluster", "write jsonl")
        entities = self._entity_cells(document)
        yield begin_line(document)
        for start, end in document.sentences:
            for i in range(start, end + 1):
                speaker = (document.speakers[i] if document.speakers else "") or "-"
                first = (name.replace(" ", "_"), part or "0", str(i - start), document.tokens[i])
                row = (*first, "-", "*", "-", "-", "-", speaker, entities[i], coreference[i])
                if not fits(*row):
                    self.cannot_hold(document, f"an empty, broken or tabbed word or name in {row}", "replace it")
                yield "\t".join(row)
            yield ""
        yield "#end document"

    def _entity_cells(self, document: Document) -> list[str]:
        if document.entities is None:
            return ["-"] * len(document.tokens)
        column = write_spans(document.entities, len(document.tokens))
        return column
