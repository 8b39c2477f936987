"""Annotation of ACE 2005, LDC's APF, before anyone looks at the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from hmtl.formats.files import TextFile
from hmtl.formats.xml_tree import Element, parse_xml
from hmtl.json_values import short

READ = ("entity", "relation")
ROLES = ("Arg-1", "Arg-2")
TIME_ROLE = "Time-"
SUBTYPE = ":"


class Charseq(NamedTuple):
    """Characters of the text: the first, the last and what the annotation says stands there."""

    line: int
    start: int
    end: int
    text: str


class EntityMention(NamedTuple):
    """One mention, its whole extent and its head."""

    line: int
    id: str
    extent: Charseq
    head: Charseq | None


class Entity(NamedTuple):
    """An entity with its mentions."""

    type: str
    subtype: str
    mentions: list[EntityMention]


class RelationMention(NamedTuple):
    """A relation with the ids of the mentions that are its arguments."""

    type: str
    subtype: str
    arguments: tuple[str, str]


class Apf(NamedTuple):
    """One document's annotation."""

    line: int
    id: str
    source: str | None
    entities: list[Entity]
    relations: list[RelationMention]


def read_apf(file: TextFile, tally: Counter[str]) -> Apf:
    """The annotation of a file's one document; values, times, events and the times of relations are counted
    in `tally`. Raises `FormatError` where it is not APF, an id stands twice or an argument is nowhere."""
    root = parse_xml(file)
    if root.name != "source_file":
        root.fail("is no APF", "give it a <source_file>")
    document = root.only("document")
    identifier = document.attribute("DOCID")
    for child in document.children:
        if child.name not in READ:
            tally[f"<{child.name}> left out"] += 1
    _check_ids(document)
    entities = [_entity(element) for element in document.all("entity")]
    known = {mention.id for entity in entities for mention in entity.mentions}
    relations = [
        _relation_mention(element, mention, known, tally)
        for element in document.all("relation")
        for mention in _mentions(element, "relation_mention")
    ]
    return Apf(document.line, identifier, root.attributes.get("SOURCE"), entities, relations)


def _check_ids(document: Element) -> None:
    lines: dict[str, int] = {}
    for kind in READ:
        for element in document.all(kind):
            for owner in (element, *element.all(f"{kind}_mention")):
                identifier = owner.attribute("ID")
                if identifier in lines:
                    owner.fail(
                        f"has the ID {short(identifier)} of line {lines[identifier]}", "give it its own"
                    )
                lines[identifier] = owner.line


def _mentions(owner: Element, name: str) -> Iterator[Element]:
    found = list(owner.all(name))
    if not found:
        owner.fail(f"has no <{name}>", "give it one, or remove it")
    yield from found


def _entity(element: Element) -> Entity:
    mentions = []
    for mention in _mentions(element, "entity_mention"):
        head = mention.optional("head")
        extent = _charseq(mention.only("extent"))
        mentions.append(EntityMention(mention.line, mention.attribute("ID"), extent, head and _charseq(head)))
    return Entity(element.attribute("TYPE"), element.attributes.get("SUBTYPE", ""), mentions)


def _charseq(owner: Element) -> Charseq:
    charseq = owner.only("charseq")
    values = [charseq.attribute(name) for name in ("START", "END")]
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in values):
        charseq.fail(f"has START {short(values[0])} and END {short(values[1])}", "count characters from 0")
    start, end = map(int, values)
    if start > end:
        charseq.fail(f"ends at {end}, before it starts at {start}", "END is the last character")
    return Charseq(charseq.line, start, end, charseq.text)


def _relation_mention(
    relation: Element, element: Element, known: set[str], tally: Counter[str]
) -> RelationMention:
    found: dict[str, str] = {}
    for argument in element.all("relation_mention_argument"):
        role, target = argument.attribute("ROLE"), argument.attribute("REFID")
        if role.startswith(TIME_ROLE):
            tally["times of relations left out"] += 1
        elif role not in ROLES or role in found:
            argument.fail(f"has the ROLE {short(role)}, unknown or given before", "give one Arg-1, one Arg-2")
        elif target not in known:
            argument.fail(f"refers to {short(target)}, which is no entity_mention", "correct its REFID")
        else:
            found[role] = target
    missing = [role for role in ROLES if role not in found]
    if missing:
        element.fail(f"has no argument {missing[0]}", "give one Arg-1, one Arg-2")
    subtype = relation.attributes.get("SUBTYPE", "")
    return RelationMention(relation.attribute("TYPE"), subtype, (found[ROLES[0]], found[ROLES[1]]))
