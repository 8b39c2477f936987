"""The DFKI Product Corpus: companies, products, who provides what, and coreference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from hmtl.documents import Document, Relation, Span
from hmtl.formats.brackets import merge
from hmtl.formats.characters import Characters, Mark
from hmtl.formats.files import TextFile, write_lines
from hmtl.formats.format import Format
from hmtl.formats.json_stream import first_keys, json_objects
from hmtl.json_values import JsonValue

Json = dict[str, Any]
IDENTITY = "Identity"
HEAD, TAIL = "company", "product"


@Format.register("dfki")
class Dfki(Characters):
    """Objects of an Avro schema, one after another: `id`, `text`, `conceptMentions` `{"id", "type", "span":
    {"start", "end"}}` (characters, end exclusive) and `relationMentions` `{"name", "args": [{"role",
    "conceptMention"}]}`; lists and texts stand under the name of their type. Source: Schön et al. (2018),
    https://aclanthology.org/L18-1698.

    A relation named `Identity` is a cluster; those that share a mention are united. Any other joins each
    `company` with each `product`; its other arguments (`trigger`) stay mentions, are counted in a warning and
    not kept as arguments. Missing `conceptMentions` or `relationMentions` are layers that were not annotated.
    Words and sentences are found anew when what is written is read.

    # Parameters

    layer : what the concept mentions are, `entities` or `mentions`.
    language, pipeline : how the text is split, see `Characters`.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    other_layers = frozenset({"relations", "clusters"})
    suffixes = (".json",)

    def __init__(
        self,
        layer: str = "mentions",
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(layer, language, pipeline, max_megabytes)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for root in json_objects(file):
            concepts = _inside(root["conceptMentions"], "array")
            items = [] if concepts.is_null else concepts.items()
            marks = [_mark(item) for item in items]
            text = _inside(root["text"], "string").string()
            document, found = self.words(text, marks, root["id"].string(), root.source)
            if concepts.is_null:
                yield document
                continue
            spans: dict[str, Span] = {}
            for item, mark in zip(items, marks, strict=True):
                name = item["id"].string()
                if name in spans:
                    item["id"].fail(f"is {name!r} a second time", "give each mention an id of its own")
                spans[name] = Span(*found[mark], item["type"].string())
            yield self._annotated(document, root, spans)

    def _annotated(self, document: Document, root: JsonValue, spans: dict[str, Span]) -> Document:
        document = document.replace(**{self.layer: tuple(set(spans.values()))})
        related = _inside(root["relationMentions"], "array")
        if related.is_null:
            return document
        chains: list[list[tuple[int, int]]] = []
        relations: set[Relation] = set()
        for item in related.items():
            arguments = _arguments(item, spans)
            name = item["name"].string()
            if name == IDENTITY:
                chains.append([span.bounds for _, span in arguments])
                continue
            heads, tails = ([span for role, span in arguments if role == wanted] for wanted in (HEAD, TAIL))
            if not heads or not tails:
                item["args"].fail(
                    f"have no {HEAD} or no {TAIL}", "give one of each, or name the relation Identity"
                )
            relations |= {Relation(head, tail, name) for head in heads for tail in tails}
            rest = len(arguments) - len(heads) - len(tails)
            self.tally["arguments of other roles, such as trigger, are not kept"] += rest
        return document.replace(clusters=tuple(merge(chains, root.source)), relations=tuple(relations))

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        write_lines(path, (json.dumps(self._json(document), ensure_ascii=False) for document in documents))

    def _json(self, document: Document) -> dict[str, Any]:
        spans, offsets = self.spans(document), document.offsets
        concepts = {
            span: {
                "id": f"c/{n}",
                "span": {"start": offsets[span.start][0], "end": offsets[span.end][1]},
                "type": span.label,
            }
            for n, span in enumerate(spans)
        }
        has_concepts = getattr(document, self.layer) is not None
        is_related = document.relations is not None or document.clusters is not None
        return {
            "id": document.id,
            "text": {"string": document.text},
            "conceptMentions": {"array": list(concepts.values())} if has_concepts else None,
            "relationMentions": {"array": list(self._related(document, concepts))} if is_related else None,
        }

    def _related(self, document: Document, concepts: dict[Span, Json]) -> Iterator[Json]:
        at = {span.bounds: concept for span, concept in concepts.items()}
        for head, tail, label in document.relations or ():
            if label == IDENTITY:
                self.cannot_hold(document, f"a relation named {IDENTITY}", "rename it")
            yield _mention(label, [(HEAD, concepts[head]), (TAIL, concepts[tail])])
        for cluster in document.clusters or ():
            if stray := next((bounds for bounds in cluster if bounds not in at), None):
                self.cannot_hold(
                    document, f"a cluster with {stray}, none of its {self.layer}", "add it there"
                )
            roles = chain(["source"], repeat("target"))
            yield _mention(
                IDENTITY, [(role, at[bounds]) for role, bounds in zip(roles, cluster, strict=False)]
            )

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return first_keys(lines) >= {"id", "text", "conceptMentions"}


def _inside(value: JsonValue, kind: str) -> JsonValue:
    """What Avro's JSON puts under the name of its type."""
    return value if value.is_null else value[kind]


def _mark(item: JsonValue) -> Mark:
    span = item["span"]
    return Mark(span["start"].integer(), span["end"].integer(), f"{item.source}: '{item.key}'")


def _arguments(item: JsonValue, spans: dict[str, Span]) -> list[tuple[str, Span]]:
    """The roles of a relation and who fills them. Raises the value's error at one that is no mention."""
    arguments = []
    for argument in _inside(item["args"], "array").items():
        name = argument["conceptMention"]["id"]
        if name.string() not in spans:
            name.fail(f"is {name.value!r}, none of the conceptMentions", "add it there")
        arguments.append((argument["role"].string(), spans[name.value]))
    return arguments or item["args"].fail("are empty", "give the relation arguments, or remove it")


def _mention(name: str, arguments: list[tuple[str, Json]]) -> Json:
    filled = [{"role": role, "conceptMention": concept} for role, concept in arguments]
    return {"name": name, "args": {"array": filled}}
