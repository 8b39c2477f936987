"""OntoNotes in the column format of the CoNLL-2012 shared task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hmtl.documents import Document, Span
from hmtl.formats.bracketed import Bracketed, Columns
from hmtl.formats.columns import FILLERS, cells
from hmtl.formats.files import TextFile
from hmtl.formats.format import Format
from hmtl.formats.sections import BEGIN, Section, sections, split_part

WORD, PARSE = 3, 5


@Format.register("conll2012")
class Conll2012(Bracketed):
    """Documents between `#begin document (id); part 000` and `#end document`: named entities and coreference.

    The columns are name, part, number, word, POS, parse (may be missing), lemma, frame, sense, speaker,
    entities, one for each predicate, coreference; word, speaker, entities and coreference are read. Entities
    are None where the whole column is `-` or `_`, and in the New Testament (`pt/`), whose `*` does not mean
    that there are none; clusters are None where the whole column is `_`. Clusters that share a span are
    united. Of a directory's `auto_conll` files those with a `gold_conll` twin are left out. Words, also
    escaped ones such as `/.` and `-LRB-`, are read as they stand.

    A document's id is `name; part 000`, its genre the first folder of the name, a missing speaker "". What is
    written has no POS, parse and predicates, no text and offsets. Source: Pradhan et al. (2012),
    https://aclanthology.org/W12-4501.
    """

    layers = frozenset({"entities", "clusters"})
    suffixes = ("gold_conll", "auto_conll", ".conll")

    def open(self, path: Path) -> Iterator[TextFile]:
        files = list(super().open(path))
        gold = {file.name for file in files if "gold_conll" in file.name}
        yield from (
            file
            for file in files
            if file.name in gold or file.name.replace("auto_conll", "gold_conll") not in gold
        )

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for section in sections(file, fewest=11):
            speakers = section.column(_entity_column(section) - 1)
            has_speakers = any(speaker not in FILLERS for speaker in speakers)
            is_open = all(cell == "_" for cell in section.column(-1))
            yield Document(
                id=section.id,
                tokens=tuple(section.column(WORD)),
                sentences=tuple(section.bounds()),
                entities=_entities(section),
                clusters=None if is_open else section.clusters(),
                speakers=tuple("" if s in FILLERS else s for s in speakers) if has_speakers else None,
                genre=section.genre,
                source=file.at(section.line),
            )

    def columns(self, document: Document) -> Iterator[Columns]:
        name, part = split_part(document.id)
        clusters, speakers = self.cluster_cells(document), document.speakers
        for (first, last), entities in zip(
            document.sentences, self.by_sentence(document, "entities"), strict=True
        ):
            here, length = slice(first, last + 1), last - first + 1
            yield [
                *([cell] * length for cell in (name.replace(" ", "_"), part or "0")),
                [str(i) for i in range(length)],
                document.tokens[here],
                *([cell] * length for cell in ("-", "*", "-", "-", "-")),  # POS, parse, lemma, frame, sense
                [speaker or "-" for speaker in speakers[here]] if speakers else ["-"] * length,
                ["-"] * length if document.entities is None else self.span_cells(document, entities, length),
                ["_"] * length if document.clusters is None else clusters[here],
            ]

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        rows = [cells(line) for line in lines if line.strip() and line[0] != "#"]
        is_begun = lines[0].startswith(BEGIN) if lines else False
        return is_begun and all(len(row) >= 11 and row[1].isdigit() and row[2].isdigit() for row in rows)


def _entity_column(section: Section) -> int:
    """Column 10; 9 where there is no parse, which shows in brackets one column earlier or in too few
    columns."""
    has_parse = all("*" in cell for cell in section.column(PARSE))
    is_narrow = any(len(sentence.cells[0]) < 12 for sentence in section.sentences)
    if is_narrow or (not has_parse and all("*" in cell or cell[:1] == "(" for cell in section.column(9))):
        return 9
    return 10


def _entities(section: Section) -> tuple[Span, ...] | None:
    index = _entity_column(section)
    is_unannotated = all(cell in FILLERS for cell in section.column(index))
    if is_unannotated or "/pt/" in f"/{section.id}":
        return None
    return section.document_spans(index)
