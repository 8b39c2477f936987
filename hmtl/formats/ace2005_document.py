"""From the SGML and the APF of one document to a Document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from hmtl.documents import Cluster, Document, Relation, Span
from hmtl.formats.apf import SUBTYPE, Apf, Charseq, EntityMention, read_apf
from hmtl.formats.brackets import merge
from hmtl.formats.characters import cut
from hmtl.formats.files import TextFile
from hmtl.formats.sgml import Sgml, plain, read_sgml
from hmtl.formats.standoff import Bounds, join_sentences, split_blocks, words_under
from hmtl.json_values import short
from hmtl.raw_text import TextSplitter

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """The parameters of `Ace2005` that say what a document holds."""

    span: str
    entity_subtypes: bool
    relation_subtypes: bool
    singletons: bool
    annotated: frozenset[str]
    element: str


class Reading:
    """How one document is read. What a Document cannot hold is counted in `tally`."""

    def __init__(
        self, options: Options, file: TextFile, text: TextFile, tally: Counter[str], split: TextSplitter
    ) -> None:
        self.options, self.file, self.tally, self.split = options, file, tally, split
        self.apf: Apf = read_apf(file, tally)
        self.sgml: Sgml = read_sgml(text, options.element)

    def document(self) -> Document:
        """The Document. Raises `FormatError` where a mention is not in the text, or is not what stands
        there."""
        mentions = [mention for entity in self.apf.entities for mention in entity.mentions]
        places = [self._place(mention) for mention in mentions]
        whole = split_blocks(self.split, self.sgml.text, self.sgml.breaks, self.apf.id, self.file.at(1))
        document = cut(whole, (place for bounds in places for place in bounds))
        self.tally["words more by cuts at the bounds of mentions"] += len(document.tokens) - len(whole.tokens)
        words: dict[str, Bounds] = {}
        for mention, place in zip(mentions, places, strict=True):
            found = words_under(document, place)
            if not found:
                self.file.fail(mention.line, f"{short(mention.id)} holds no word", "correct its characters")
            words[mention.id] = found
        return self._with_layers(document, words)

    def _place(self, mention: EntityMention) -> Bounds:
        """The characters of the mention's span; its other charseq is checked too."""
        found = {"extent": self._characters(mention.extent)}
        if mention.head:
            found["head"] = self._characters(mention.head)
        if self.options.span not in found:
            mend = 'give it one, or read with span: "extent"'
            self.file.fail(mention.line, f"{short(mention.id)} has no head", mend)
        return found[self.options.span]

    def _characters(self, charseq: Charseq) -> Bounds:
        start, end = self.sgml.offset(charseq.start), self.sgml.offset(charseq.end + 1)
        if start is None or end is None:
            cause = f"characters {charseq.start} to {charseq.end} are not in <{self.options.element}>"
            self.file.fail(charseq.line, cause, "count from 0 without tags, or name another element")
        there, said = _squeezed(self.sgml.text[start:end]), _squeezed(charseq.text)
        # annotation tools that count a reference as several characters also quote it so
        if there not in (said, plain(said)):
            cause = f"characters {charseq.start} to {charseq.end} are said to be {short(said)}"
            self.file.fail(charseq.line, f"{cause} and are {short(there)}", "count from 0 without tags")
        return start, end

    def _with_layers(self, document: Document, words: dict[str, Bounds]) -> Document:
        entities, options = self.apf.entities, self.options
        labels = [_label(e.type, e.subtype, options.entity_subtypes) for e in entities]
        spans = {
            mention.id: Span(*words[mention.id], label)
            for entity, label in zip(entities, labels, strict=True)
            for mention in entity.mentions
        }
        relations = [
            Relation(
                *(spans[name] for name in r.arguments), _label(r.type, r.subtype, options.relation_subtypes)
            )
            for r in self.apf.relations
        ]
        layers = {
            "mentions": self._distinct("mentions", spans.values()),
            "relations": self._distinct("relations", relations),
            "clusters": self._clusters(spans, document.source),
        }
        kept = {name: layer for name, layer in layers.items() if name in options.annotated}
        return self._joined(document, spans.values(), relations).replace(genre=self.apf.source, **kept)

    def _clusters(self, spans: dict[str, Span], source: str) -> tuple[Cluster, ...]:
        groups = ({spans[mention.id].bounds for mention in e.mentions} for e in self.apf.entities)
        return tuple(merge((group for group in groups if self.options.singletons or len(group) > 1), source))

    def _joined(self, document: Document, spans: Iterable[Span], relations: Iterable[Relation]) -> Document:
        """The document with the sentences joined that a mention or a relation would cross."""
        reaches = [span.bounds for span in spans]
        reaches += [(min(h.start, t.start), max(h.end, t.end)) for h, t, _ in relations]
        joined = join_sentences(document, reaches)
        fewer = len(document.sentences) - len(joined.sentences)
        self.tally["sentences fewer where a mention or relation goes on"] += fewer
        return joined

    def _distinct(self, layer: str, items: Collection[T]) -> tuple[T, ...]:
        distinct = tuple(dict.fromkeys(items))
        self.tally[f"{layer} that stand twice read once"] += len(items) - len(distinct)
        return distinct


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _label(kind: str, subtype: str, is_wanted: bool) -> str:
    return f"{kind}{SUBTYPE}{subtype}" if is_wanted and subtype else kind
