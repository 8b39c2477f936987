"""Standoff annotation of brat: a text in one file, what is said about its characters in another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Relation, Span
from hmtl.formats.brackets import merge
from hmtl.formats.brat_files import ANNOTATION, TEXT, sibling, unescaped
from hmtl.formats.brat_lines import Annotations, TextBound, parse_lines
from hmtl.formats.characters import Characters, Mark
from hmtl.formats.files import TextFile, find_files, text_file, without_gz, write_lines, written
from hmtl.formats.folders import places
from hmtl.formats.format import Format
from hmtl.formats.streams import decode, whole
from hmtl.json_values import short

DISCONTINUOUS = ("error", "leave_out")
MARK = "\ufeff"
FITTING = re.compile(r"[^\s;]+")


@Format.register("brat")
class Brat(Characters):
    """A document is a `.txt` and the `.ann` beside it: `T` lines are spans, `R` lines relations, `*` lines
    clusters; those that share a span are united. `path` is either file, or a folder. Source: Stenetorp et al.
    (2012), https://aclanthology.org/E12-2021, and https://brat.nlplab.org/standoff.html.

    Characters are counted as code points of the `.txt` as it stands, line ends included, or as they were
    before a byte order mark or CRLF came into the file; what a `T` line quotes must stand there. The words
    are those that the text is split into. Events, attributes, normalizations and notes are not read, and
    counted in a warning; a document's id is its file's name, with the folders below `path`. Where no file of
    `path` has a relation, or a cluster, the layer was not annotated.

    `write` makes a folder, with what cannot be in a file's name written as `%2F` and the like, or, where the
    name ends in `.txt` or `.ann`, the two files of one document, whose id is not kept. Words
    and sentences are found anew when they are read; speakers and genre are not kept.

    # Parameters

    layer : what the `T` lines are, `mentions` or `entities`.
    discontinuous : `error`, or `leave_out` spans in several fragments, which a Document cannot hold, with the
        relations that refer to them, counted in a warning.
    language, pipeline : how the text is split, see `Characters`.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    other_layers = frozenset({"relations", "clusters"})
    suffixes = (ANNOTATION,)

    def __init__(
        self,
        layer: str = "mentions",
        discontinuous: str = "error",
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(layer, language, pipeline, max_megabytes)
        if discontinuous not in DISCONTINUOUS:
            raise ConfigurationError(
                f"discontinuous: '{discontinuous}' is unknown; choose from {', '.join(DISCONTINUOUS)}"
            )
        self.discontinuous = discontinuous
        self.related = frozenset[str]()

    def inputs(self, path: Path) -> list[Path]:
        return [path] if path.is_dir() else [sibling(path, ANNOTATION), sibling(path, TEXT)]

    def open(self, path: Path) -> Iterator[TextFile]:
        """The `.ann` files. Finds out which layers they have on the way."""
        if without_gz(path.name).endswith(TEXT):
            path = sibling(path, ANNOTATION)
        files = find_files(path, self.suffixes)
        kinds = {"R": "relations", "*": "clusters"}
        starts = (line[:1] for file in files for _, line in text_file(file, path, self.max_bytes).lines)
        self.related = frozenset(kinds[start] for start in starts if start in kinds)
        yield from (text_file(file, path, self.max_bytes) for file in files)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        found = parse_lines(file, self.discontinuous == "leave_out", self.tally)
        path = sibling(Path(file.name), TEXT)
        if not path.is_file():
            file.fail(1, f"has no {path.name} beside it", "put the text there")
        text = decode(whole(path, self.max_bytes), str(path))
        text, shift = _as_counted(text, found.bounds.values())
        marks = {
            name: Mark(item.start - shift, item.end - shift, file.at(item.line))
            for name, item in found.bounds.items()
        }
        document, words = self.words(text, marks.values(), unescaped(file.stem), file.at(1))
        for name, item in found.bounds.items():
            _check_quote(file, item, text[slice(*marks[name][:2])])
        spans = {name: Span(*words[marks[name]], item.label) for name, item in found.bounds.items()}
        yield document.replace(
            **{self.layer: tuple(set(spans.values()))}, **self._related(file, found, spans)
        )

    def _related(self, file: TextFile, found: Annotations, spans: dict[str, Span]) -> dict[str, Any]:
        """The relations and clusters, in so far as the path has any."""
        layers: dict[str, Any] = {}
        if "relations" in self.related:
            items = ((*(spans[name] for name in item.names), item.label) for item in found.relations)
            layers["relations"] = tuple({Relation(*item) for item in items})
        if "clusters" in self.related:
            groups = ([spans[name].bounds for name in item.names] for item in found.equivalences)
            layers["clusters"] = tuple(merge(groups, file.at(1)))
        return layers

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        for document, place in places(self, documents, path, (TEXT, ANNOTATION)):
            lines = list(self._lines(document))
            with written(sibling(place, TEXT)) as stream:
                stream.write(document.text.encode("utf-8"))
            write_lines(sibling(place, ANNOTATION), lines)

    def _lines(self, document: Document) -> Iterator[str]:
        spans = self.spans(document)
        label = next(
            (label for *_, label in (*spans, *(document.relations or ())) if not FITTING.fullmatch(label)),
            None,
        )
        if label is not None:
            self.cannot_hold(document, f"the label {label!r}, which is empty or has spaces", "rename it")
        names = {span: f"T{number}" for number, span in enumerate(spans, start=1)}
        for span, name in names.items():
            start, end = document.offsets[span.start][0], document.offsets[span.end][1]
            yield f"{name}\t{span.label} {start} {end}\t{_quote(document.text[start:end])}"
        for number, (head, tail, label) in enumerate(document.relations or (), start=1):
            yield f"R{number}\t{label} Arg1:{names[head]} Arg2:{names[tail]}"
        at = {span.bounds: name for span, name in names.items()}
        for cluster in document.clusters or ():
            if stray := next((bounds for bounds in cluster if bounds not in at), None):
                self.cannot_hold(
                    document, f"a cluster with {stray}, none of its {self.layer}", "add it there"
                )
            yield " ".join(("*\tEquiv", *(at[bounds] for bounds in cluster)))

    @classmethod
    def claims(cls, path: Path) -> bool:
        name = without_gz(path.name)
        return name.endswith(ANNOTATION) or (name.endswith(TEXT) and sibling(path, ANNOTATION).is_file())

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return False  # the name says it


def _quote(text: str) -> str:
    """Text as it stands in a line."""
    return " ".join(text.split())


def _as_counted(text: str, items: Collection[TextBound]) -> tuple[str, int]:
    """The text in which everything that is quoted stands where it is said to, without a byte order mark, and
    how many characters before it were counted. Where there is none, the text as it stands."""
    plain = text.removeprefix(MARK)
    unix = plain.replace("\r\n", "\n")
    readings = dict.fromkeys((body, shift) for body in (plain, unix) for shift in (0, len(text) - len(plain)))
    for body, shift in readings:
        if all(_quote(body[max(0, i.start - shift) : i.end - shift]) == _quote(i.quoted) for i in items):
            return body, shift
    return plain, 0


def _check_quote(file: TextFile, item: TextBound, text: str) -> None:
    found = _quote(text)
    if _quote(item.quoted) != found:
        cause = f"quotes {short(item.quoted)} where the text has {short(found)}"
        file.fail(item.line, cause, "count code points from 0, line ends included")
