"""CoNLL-U with the entities of GUM and CorefUD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Cluster, Document
from hmtl.formats.brackets import merge
from hmtl.formats.conllu_lines import lines_of
from hmtl.formats.conllu_sections import GLOBAL, Section, sections
from hmtl.formats.conllu_words import WIDTH
from hmtl.formats.entity_brackets import Brackets, Mention
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.read_back import as_written, difference
from hmtl.formats.sections import BEGIN
from hmtl.formats.singletons import check_singletons
from hmtl.formats.tallied import Tallied

NUMBER = re.compile(r"\d+([-.]\d+)?")
CHOICES = ("error", "leave_out")
LINKS = {"Bridge": "bridging links", "SplitAnte": "split antecedents", "Split": "split antecedents"}


@Format.register("conllu")
class Conllu(Tallied):
    """Ten columns, with `# newdoc id = ` before each document: mentions and coreference in MISC's `Entity`.

    `# global.Entity` names the fields of a bracket, here and below. With a type among them (`etype`) mentions
    are annotated, with an id (`eid` or `GRP`) clusters, without the header neither. Each mention is in the
    cluster of its id; clusters that share a span are united, what stands twice is read once. Text and
    offsets come from the words, `SpaceAfter=No` and UDPipe's `SpacesAfter`, a line a sentence unless these
    say otherwise, and `# text` must agree. `# speaker` and `# meta::genre` are read. Words are the syntactic
    ones. Bridging, split antecedents and empty nodes are left out, which a warning counts; other fields,
    lemmas, tags and trees are not read. `write` gives words, text, mentions and clusters, nothing lost.

    Sources: Nedoluzhko et al. (2022), https://aclanthology.org/2022.lrec-1.520 (CorefUD); Zeldes (2017),
    https://doi.org/10.1007/s10579-016-9343-x (GUM); https://universaldependencies.org/format.html.

    # Parameters

    singletons : whether a mention without coreferent ones is a cluster.
    discontinuous : `error`, or `leave_out` mentions in several pieces, which a warning counts.
    zeros : the same for mentions at empty nodes (ellipsis); those that have words too are narrowed to them.
    """

    layers = frozenset({"mentions", "clusters"})
    suffixes = (".conllu",)

    def __init__(
        self,
        singletons: bool = True,
        discontinuous: str = "error",
        zeros: str = "error",
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(max_megabytes)
        for name, value in (("discontinuous", discontinuous), ("zeros", zeros)):
            if value not in CHOICES:
                raise ConfigurationError(f"{name}: '{value}' is unknown; choose from {', '.join(CHOICES)}")
        kinds = {"discontinuous": discontinuous, "zeros": zeros}
        self.left_out = frozenset(name for name, value in kinds.items() if value == "leave_out")
        self.singletons = singletons

    def read_file(self, file: TextFile) -> Iterator[Document]:
        number, section = 1, None
        for section, is_last in sections(file, self.tally):
            name = section.id or (file.stem if is_last and number == 1 else f"{file.stem}.{number}")
            yield self._document(file, section, name)
            number += 1

    def _document(self, file: TextFile, section: Section, name: str) -> Document:
        words, header = section.words, section.header
        mentions = self._mentions(file, section)
        source = file.at(section.line)
        return Document(
            id=name,
            tokens=tuple(words.tokens),
            sentences=tuple(words.sentences),
            text=words.text,
            offsets=tuple(words.offsets),
            mentions=None if header is None or header.type is None else tuple({m.span for m in mentions}),
            clusters=None
            if header is None or not header.has_ids
            else tuple(self._clusters(mentions, source)),
            speakers=tuple(section.speakers) if any(section.speakers) else None,
            genre=section.genre,
            source=source,
        )

    def _mentions(self, file: TextFile, section: Section) -> list[Mention]:
        """The mentions of a document, those that stand twice once."""
        brackets = section.header and Brackets(file, section.header, self.left_out, self.tally)
        for note in section.words.notes:
            for key in LINKS.keys() & note.misc.keys():
                self.tally[f"{LINKS[key]} left out"] += note.misc[key].count(",") + 1
            if "Entity" in note.misc:
                if not brackets:
                    file.fail(note.line, "has a mention of unknown fields", f"put # {GLOBAL} = … before it")
                brackets.add(note)
        if not brackets:
            return []
        brackets.close()
        distinct = dict.fromkeys(brackets.mentions)
        self.tally["mentions that stand twice read once"] += len(brackets.mentions) - len(distinct)
        return list(distinct)

    def _clusters(self, mentions: Iterable[Mention], source: str) -> list[Cluster]:
        clusters: dict[str, set[tuple[int, int]]] = {}
        for entity, span in mentions:
            clusters.setdefault(entity, set()).add(span.bounds)
        kept = (cluster for cluster in clusters.values() if self.singletons or len(cluster) > 1)
        return merge(kept, source)

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, self._lines(documents))

    def _lines(self, documents: Iterable[Document]) -> Iterator[str]:
        is_declared = False
        for document in documents:
            self.check_layers(document)
            lines = list(lines_of(document))
            # it parts the fields of a bracket
            if label := next((span.label for span in document.mentions or () if "-" in span.label), None):
                self.cannot_hold(document, f"the label {label!r}, which has a hyphen", "rename it")
            check_singletons(self, document, self.singletons)
            read = partial(self._read_lines, lines, document.source or "output")
            if changed := difference(document, read):
                self.cannot_hold(document, changed, "write jsonl")
            is_bare = document.mentions is None and document.clusters is None
            if is_bare and is_declared:
                # what is declared once holds until the end of the file
                self.cannot_hold(document, "no annotation, unlike one before it", "write them apart")
            is_declared |= not is_bare
            yield from lines

    def _read_lines(self, lines: list[str], name: str) -> Iterator[Document]:
        return self.read_file(as_written(lines, name))

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        is_begun = bool(lines) and lines[0].startswith(BEGIN)
        rows = [line.split("\t") for line in lines if line.strip() and line[0] != "#"]
        are_wide = all(len(row) == WIDTH and NUMBER.fullmatch(row[0]) for row in rows)
        return bool(rows) and not is_begun and are_wide
