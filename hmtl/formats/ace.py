"""ACE 2005 in the columns that the original HMTL reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Relation, Span
from hmtl.formats.arguments import Labels, argument_labels, untypeable_argument
from hmtl.formats.bracketed import Bracketed, Columns
from hmtl.formats.columns import FILLERS, cells
from hmtl.formats.files import TextFile
from hmtl.formats.format import Format
from hmtl.formats.sections import BEGIN, Section, sections

WORD, MENTION, FIRST_RELATION = 1, 2, 3
NO_CLUSTER = tuple(f"\t{filler}" for filler in FILLERS)


@Format.register("ace")
class Ace(Bracketed):
    """Mentions, relations and coreference, between `#begin document (id); part 000` and `#end document`.

    The columns are number, word, mentions, one for each relation of the sentence, coreference. A relation's
    brackets are `(ARG1_TYPE*)`, its head, and `(ARG2_TYPE*)`, its tail; each takes the type of the mention
    with the same bounds, "" where there is none, and a relation with two columns is read once. Clusters that
    share a span are united.

    A document without relations looks like one that nobody annotated, so all of `path` is looked at: where no
    sentence has a relation column, `relations` is None, and where no word is in a cluster, `clusters` is
    None. Mentions are None where the whole column is `-`. A document's id is `name; part 000`. `write` keeps
    no text, offsets and speakers.

    # Parameters

    annotated : the layers of the corpus, such as `["mentions", "relations"]`, where they are not to be found
    out.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    suffixes = ("like_conll",)

    def __init__(self, annotated: list[str] | None = None, max_megabytes: int = 1024) -> None:
        super().__init__(max_megabytes)
        if unknown := sorted({*(annotated or ())} - self.layers):
            raise ConfigurationError(
                f"annotated: '{unknown[0]}' is no layer of ace; choose from {', '.join(sorted(self.layers))}"
            )
        self.annotated = None if annotated is None else frozenset(annotated)

    def read(self, path: str | Path) -> Iterator[Document]:
        reader = self
        if self.annotated is None:
            reader = copy(self)
            reader.annotated = self._annotated(Path(path))
        yield from super(Ace, reader).read(path)

    def _annotated(self, path: Path) -> frozenset[str]:
        """The layers that some row of some file shows; looks no further than it must."""
        found = {"mentions"}
        for line in (line for file in self.open(path) for _, line in file.lines):
            no_relation = "relations" in found or line.count("\t") <= FIRST_RELATION
            if "\t" in line and no_relation and ("clusters" in found or line.endswith(NO_CLUSTER)):
                continue  # the usual row, which need not be cut into cells
            row = cells(line)
            if len(row) > FIRST_RELATION and row[0].isdigit():
                found |= {"clusters"} if row[-1] not in FILLERS else set()
                found |= {"relations"} if len(row) > FIRST_RELATION + 1 else set()
            if len(found) == len(self.layers):
                break
        return frozenset(found)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        annotated = self.layers if self.annotated is None else self.annotated
        for section in sections(file, fewest=4):
            is_open = all(cell in FILLERS for cell in section.column(MENTION))
            mentions = None if is_open else section.document_spans(MENTION)
            layers = {
                "mentions": mentions,
                "relations": tuple(set(_relations(section, argument_labels(mentions)))),
                "clusters": section.clusters(),
            }
            yield Document(
                id=section.id,
                tokens=tuple(section.column(WORD)),
                sentences=tuple(section.bounds()),
                genre=section.genre,
                source=file.at(section.line),
                **{name: layer for name, layer in layers.items() if name in annotated},
            )

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        super().write(self._alike(documents), path)

    def _alike(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents. Raises `FormatError` where some are annotated and others not, which reading could
        not tell."""
        first: Document | None = None
        for document in documents:
            first = first or document
            for layer in ("relations", "clusters"):
                if (getattr(document, layer) is None) != (getattr(first, layer) is None):
                    self.cannot_hold(
                        document, f"{layer} annotated, or not, unlike '{first.id}'", "write them apart"
                    )
            yield document

    def columns(self, document: Document) -> Iterator[Columns]:
        if argument := untypeable_argument(document, argument_labels(document.mentions)):
            self.cannot_hold(
                document, f"an argument {tuple(argument)} that is no such mention", "add the mention"
            )
        clusters, relations = self.cluster_cells(document), self._relations(document)
        mentions = self.by_sentence(document, "mentions")
        for k, (first, last) in enumerate(document.sentences):
            length = last - first + 1
            yield [
                [str(i) for i in range(length)],
                document.tokens[first : last + 1],
                ["-"] * length
                if document.mentions is None
                else self.span_cells(document, mentions[k], length),
                *(self.span_cells(document, pair, length) for pair in relations[k]),
                clusters[first : last + 1],
            ]

    def _relations(self, document: Document) -> list[list[list[Span]]]:
        """For each sentence its relations as pairs of spans, with indices within the sentence."""
        number = document.sentence_of()
        pairs: list[list[list[Span]]] = [[] for _ in document.sentences]
        for head, tail, label in document.relations or ():
            inside = {number[i] for i in (head.start, head.end, tail.start, tail.end)}
            if len(inside) > 1 or not label:
                self.cannot_hold(document, "a relation across sentences or without a type", "write jsonl")
            shift = document.sentences[min(inside)][0]
            sides = ((head, "ARG1"), (tail, "ARG2"))
            pairs[min(inside)].append(
                [Span(s.start - shift, s.end - shift, f"{arg}_{label}") for s, arg in sides]
            )
        return pairs

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        rows = [cells(line) for line in lines if line.strip() and line[0] != "#"]
        is_begun = lines[0].startswith(BEGIN) if lines else False
        return is_begun and all(len(row) >= 4 and row[0].isdigit() and not row[2].isdigit() for row in rows)


def _relations(section: Section, labels: Labels) -> Iterator[Relation]:
    for k, ((line, rows), (shift, _)) in enumerate(zip(section.sentences, section.bounds(), strict=True)):
        for column in range(FIRST_RELATION, len(rows[0]) - 1):
            spans = sorted(section.spans(column, k), key=lambda span: span.label)
            sides = [span.label.partition("_") for span in spans]
            if (
                [side[0] for side in sides] != ["ARG1", "ARG2"]
                or sides[0][2] != sides[1][2]
                or not sides[0][2]
            ):
                found = ", ".join(span.label for span in spans) or "nothing"
                where = line + (spans[0].start if spans else 0)
                section.file.fail(
                    where, f"relation column {column} holds {found}", "give one ARG1_TYPE and one ARG2_TYPE"
                )
            bounds = [(span.start + shift, span.end + shift) for span in spans]
            head, tail = (Span(*pair, labels.get(pair, "")) for pair in bounds)
            yield Relation(head, tail, sides[0][2])
