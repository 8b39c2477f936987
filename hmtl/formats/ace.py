"""ACE 2005 in the columns that the original HMTL reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Relation, Span
from hmtl.formats.arguments import Labels, argument_labels, untypeable_argument
from hmtl.formats.brackets import write_clusters, write_spans
from hmtl.formats.columns import FILLERS, cells, fits
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.sections import Section, begin_line, sections

WORD, MENTION, FIRST_RELATION = 1, 2, 3


@Format.register("ace")
class Ace(Format):
    """Documents between `#begin document (id); part 000` and `#end document`: mentions, relations and coreference.

    The columns are number, word, mentions, one for each relation of the sentence, coreference. A relation's brackets
    are `(ARG1_TYPE*)`, its head, and `(ARG2_TYPE*)`, its tail; each takes the type of the mention with the same bounds,
    "" where there is none, and a relation with two columns is read once. Clusters that share a span are united.

    A document without relations looks like one that nobody annotated, so all of `path` is looked at: where no
    sentence has a relation column, `relations` is None, and where no word is in a cluster, `clusters` is None. Mentions
    are None where the whole column is `-`. A document's id is `name; part 000`. `write` keeps no text, offsets and speakers.

    # Parameters

    annotated : the layers of the corpus, such as `["mentions", "relations"]`, where they are not to be found out.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    suffixes = ("like_conll",)

    def __init__(self, annotated: list[str] | None = None, max_megabytes: int = 4096) -> None:
        super().__init__(max_megabytes)
        if unknown := sorted({*(annotated or ())} - self.layers):
            raise ConfigurationError(f"annotated: '{unknown[0]}' is no layer of ace; choose from {', '.join(sorted(self.layers))}")
        self.annotated = None if annotated is None else frozenset(annotated)

    def read(self, path: str | Path) -> Iterator[Document]:
        annotated = self._annotated(Path(path)) if self.annotated is None else self.annotated
        for document in super().read(path):
            yield document.replace(**{layer: None for layer in self.layers - annotated})

    def _annotated(self, path: Path) -> frozenset[str]:
        """The layers that some row of some file shows; looks no further than it must."""
        found = {"mentions"}
        for line in (line for file in self.open(path) for _, line in file.lines):
            row = cells(line)
            if len(row) > FIRST_RELATION and row[0].isdigit():
                found |= {"clusters"} if row[-1] not in FILLERS else set()
                found |= {"relations"} if len(row) > FIRST_RELATION + 1 else set()
            if len(found) == len(self.layers):
                break
        return frozenset(found)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for section in sections(file, fewest=4):
            is_open = all(cell in FILLERS for cell in section.column(MENTION))
            mentions = None if is_open else section.document_spans(MENTION)
            yield Document(
                id=section.id,
                tokens=tuple(section.column(WORD)),
                sentences=tuple(section.bounds()),
                mentions=mentions,
                relations=tuple(set(_relations(section, argument_labels(mentions)))),
                clusters=section.clusters(),
                genre=section.genre,
                source=file.at(section.line),
            )

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, self._all_lines(documents))

    def _all_lines(self, documents: Iterable[Document]) -> Iterator[str]:
        first: set[str] | None = None
        for document in documents:
            annotated = {layer for layer in self.layers if getattr(document, layer) is not None}
            first = annotated if first is None else first
            if different := sorted((annotated ^ first) - {"mentions"}):
                self.cannot_hold(document, f"{different[0]} annotated or not unlike the first document", "write them apart")
            yield from self._lines(document)

    def _lines(self, document: Document) -> Iterator[str]:
        self.check_layers(document)
        if argument := untypeable_argument(document, argument_labels(document.mentions)):
            self.cannot_hold(document, f"an argument {argument} that is no mention of this type", "add the mention")
        coreference = write_clusters(document.clusters or (), len(document.tokens))
        if coreference is None:
            self.cannot_hold(document, "crossing spans in one cluster", "write jsonl")
        yield begin_line(document)
        for (first, last), columns in zip(document.sentences, self._columns(document), strict=True):
            for i in range(first, last + 1):
                row = (str(i - first), document.tokens[i], *(column[i - first] for column in columns), coreference[i])
                if not fits(*row):
                    self.cannot_hold(document, f"an empty, broken or tabbed word or label in {row}", "replace it")
                yield "\t".join(row)
            yield ""
        yield "#end document"

    def _columns(self, document: Document) -> Iterator[list[list[str]]]:
        """For each sentence its mention column and its relation columns."""
        number = document.sentence_of()
        spans = [[mentions] for mentions in self.by_sentence(document, "mentions")]
        for (head, tail, label) in document.relations or ():
            if len({number[i] for i in (head.start, head.end, tail.start, tail.end)}) > 1:
                self.cannot_hold(document, "relations across sentences", "write jsonl")
            shift = document.sentences[number[head.start]][0]
            pair = [Span(s - shift, e - shift, f"ARG{n}_{label}") for n, (s, e, _) in ((1, head), (2, tail))]
            spans[number[head.start]].append(pair)
        for (first, last), columns in zip(document.sentences, spans, strict=True):
            written = [write_spans(column, last - first + 1) for column in columns]
            if document.mentions is None:
                written[0] = ["-"] * (last - first + 1)
            if None in written:
                self.cannot_hold(document, "crossing spans or a bracket in a label", "write jsonl")
            yield [column for column in written if column is not None]

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        rows = [cells(line) for line in lines if line.strip() and line[0] != "#"]
        is_begun = lines[0].startswith("#begin document") if lines else False
        return is_begun and all(len(row) >= 4 and row[0].isdigit() and not row[2].isdigit() for row in rows)


def _relations(section: Section, labels: Labels) -> Iterator[Relation]:
    for k, ((line, rows), (shift, _)) in enumerate(zip(section.sentences, section.bounds(), strict=True)):
        for column in range(FIRST_RELATION, len(rows[0]) - 1):
            spans = sorted(section.spans(column, k), key=lambda span: span.label)
            sides = [span.label.partition("_") for span in spans]
            if [side[0] for side in sides] != ["ARG1", "ARG2"] or sides[0][2] != sides[1][2] or not sides[0][2]:
                found = ", ".join(span.label for span in spans) or "nothing"
                where = line + (spans[0].start if spans else 0)
                section.file.fail(where, f"relation column {column} holds {found}", "give one ARG1_TYPE and one ARG2_TYPE")
            bounds = [(span.start + shift, span.end + shift) for span in spans]
            head, tail = (Span(*pair, labels.get(pair, "")) for pair in bounds)
            yield Relation(head, tail, sides[0][2])
