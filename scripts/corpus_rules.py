"""The rules of ``corpus/README.md`` that a program can check; each is a function that yields what breaks it.

Rules are errors. Hints are places that are often slips and may be right: a person looks at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from corpus_source import Piece, Problem, Sentence, Span

PLACES = frozenset({"GPE", "LOC", "FAC"})
# relation type -> (types of the first argument, types of the second) that the guide allows together
SIGNATURES: dict[str, tuple[tuple[frozenset[str], frozenset[str]], ...]] = {
    "PHYS": ((frozenset({"PER", "VEH", "FAC"}), PLACES),),
    "PART-WHOLE": (
        (frozenset({"GPE", "LOC"}), frozenset({"GPE", "LOC"})),
        (frozenset({"FAC"}), frozenset({"FAC"})),
        (frozenset({"ORG"}), frozenset({"ORG", "GPE"})),
        (frozenset({"VEH"}), frozenset({"VEH"})),
    ),
    "PER-SOC": ((frozenset({"PER"}), frozenset({"PER"})),),
    "ORG-AFF": ((frozenset({"PER"}), frozenset({"ORG", "GPE"})),),
    "ART": ((frozenset({"PER", "ORG"}), frozenset({"VEH", "FAC"})),),
    "GEN-AFF": ((frozenset({"PER", "ORG"}), PLACES),),
}
# An institution may stand for its building and the building for the institution.
COVERING = {
    "PERSON": {"PER"},
    "ORG": {"ORG", "FAC"},
    "GPE": {"GPE"},
    "LOC": {"LOC"},
    "FAC": {"FAC", "ORG"},
}
TITLES = frozenset(
    "Dr Mr Mrs Ms Miss Sir Lady Lord Captain Capt Colonel Sergeant Inspector Professor Mayor "
    "Minister Councillor Father Sister Judge".split()
)
PRONOUNS = frozenset(
    "i me my mine myself we us our ours ourselves you your yours yourself he him his himself "
    "she her hers herself they them their theirs themselves its itself".split()
)
RELATIVES = frozenset("who whom whose which that".split())
# The token before a capital that need not be a name.
BREAKS = frozenset("\" “ ' ‘ . ? ! : — - (".split())
DAYS = re.compile(r"yesterday|today|tomorrow|1[5-9]\d\d|20\d\d")

Finding = tuple[int, str, str]  # line, cause, mend
Rule = Callable[[Sentence], Iterator[Finding]]


def flat_entities(sentence: Sentence) -> Iterator[Finding]:
    for outer, inner in combinations(sentence.entities, 2):
        if inner.start <= outer.end:
            yield (
                sentence.line,
                f"the entity {sentence.words(inner)!r} lies inside {sentence.words(outer)!r}",
                "entities are flat, keep one",
            )


def names_are_whole(sentence: Sentence) -> Iterator[Finding]:
    for entity in sentence.entities:
        for mention in sentence.mentions:
            if entity.contains(mention) and not mention.contains(entity):
                yield (
                    sentence.line,
                    f"the mention {sentence.words(mention)!r} is a part of the name "
                    f"{sentence.words(entity)!r}",
                    "a name is one unit, mark the whole",
                )


def names_are_mentions(sentence: Sentence) -> Iterator[Finding]:
    for entity in sentence.entities:
        label = innermost_label(sentence, entity)
        if entity.label in COVERING and label not in COVERING[entity.label]:
            around = f"stands directly in a {label} mention" if label else "stands in no mention"
            yield (
                sentence.line,
                f"the {entity.label} name {sentence.words(entity)!r} {around}",
                f"wrap it in a mention of type {' or '.join(sorted(COVERING[entity.label]))}",
            )


def innermost_label(sentence: Sentence, entity: Span) -> str | None:
    around = [mention for mention in sentence.mentions if mention.contains(entity)]
    return min(around, key=lambda span: span.end - span.start).label if around else None


def one_mention_per_span(sentence: Sentence) -> Iterator[Finding]:
    for first, second in combinations(sentence.mentions, 2):
        if (first.start, first.end) == (second.start, second.end):
            yield (sentence.line, f"{sentence.words(first)!r} is marked as a mention twice", "keep one")


def clean_edges(sentence: Sentence) -> Iterator[Finding]:
    for span in sentence.entities + sentence.mentions:
        words, first, last = sentence.words(span), sentence.tokens[span.start], sentence.tokens[span.end]
        is_saint = "St" in re.split(r"\W+", words)
        if last in {"'s", "’s", "'", "’"} and not is_saint:
            yield sentence.line, f"{words!r} ends in a possessive {last}", "close the bracket before it"
        elif not first[0].isalnum() or not (last[-1].isalnum() or last[-1] in ".'’"):
            yield sentence.line, f"{words!r} begins or ends in punctuation", "leave the punctuation outside"
        elif last == "." or first in {"'s", "’s"}:
            yield (
                sentence.line,
                f"{words!r} takes in a neighbour's punctuation",
                "leave the punctuation outside",
            )


def bare_names(sentence: Sentence) -> Iterator[Finding]:
    for entity in sentence.entities:
        first, words = sentence.tokens[entity.start], sentence.words(entity)
        if first.lower() == "the" and entity.label != "DATE":
            yield sentence.line, f"the name {words!r} begins with 'the'", "leave the article outside"
        if entity.label == "PERSON" and first.rstrip(".") in TITLES and entity.end > entity.start:
            yield sentence.line, f"the name {words!r} begins with a title", "leave the title outside"


def relation_signatures(sentence: Sentence) -> Iterator[Finding]:
    for relation in sentence.relations:
        first, second = relation.first.label, relation.second.label
        if not any(first in left and second in right for left, right in SIGNATURES[relation.label]):
            allowed = "; ".join(
                f"{'/'.join(sorted(a))} to {'/'.join(sorted(b))}" for a, b in SIGNATURES[relation.label]
            )
            yield (relation.line, f"{relation.label} joins {first} to {second}", f"it may join {allowed}")


def relation_arguments(sentence: Sentence) -> Iterator[Finding]:
    for relation in sentence.relations:
        first, second = relation.first, relation.second
        if first.cluster == second.cluster:
            yield relation.line, f"{relation.label} joins {first.cluster!r} to itself", "name two entities"
        elif relation.label == "PER-SOC" and (first.start, first.end) > (second.start, second.end):
            yield (
                relation.line,
                f"PER-SOC lists {sentence.words(first)!r} before {sentence.words(second)!r}",
                "list them in text order, of two that start together the shorter first",
            )


def relations_once(sentence: Sentence) -> Iterator[Finding]:
    for first, second in combinations(sentence.relations, 2):
        pairs = [{relation.first, relation.second} for relation in (first, second)]
        clusters = [{span.cluster for span in pair} for pair in pairs]
        if pairs[0] == pairs[1] or (first.label == second.label and clusters[0] == clusters[1]):
            yield second.line, f"line {first.line} relates these two already", "keep the closest pair, once"


def unmarked_pronouns(sentence: Sentence) -> Iterator[Finding]:
    marked = {span.start for span in sentence.mentions if span.start == span.end}
    for index, token in enumerate(sentence.tokens):
        if index not in marked and token.lower() in PRONOUNS:
            yield sentence.line, f"the pronoun {token!r} is unmarked", "mark it if it refers to an entity"
        if index in marked and token.lower() in RELATIVES:
            yield sentence.line, f"the word {token!r} is a mention", "leave relative pronouns unmarked"


def unmarked_names(sentence: Sentence) -> Iterator[Finding]:
    marked = {index for span in sentence.entities for index in range(span.start, span.end + 1)}
    for index, token in enumerate(sentence.tokens):
        after_break = index == 0 or sentence.tokens[index - 1] in BREAKS
        is_name = token[0].isupper() and not after_break and token.rstrip(".") not in TITLES | {"I"}
        if index not in marked and (is_name or DAYS.fullmatch(token.lower())):
            yield sentence.line, f"{token!r} belongs to no entity", "mark it if it is a name or a date"


def goods_or_vehicles(sentence: Sentence) -> Iterator[Finding]:
    for entity in sentence.entities:
        if entity.label == "PRODUCT" and innermost_label(sentence, entity) != "VEH":
            words = sentence.words(entity)
            yield sentence.line, f"the PRODUCT {words!r} is no VEH mention", "mark it if it is a vehicle"


RULES: tuple[Rule, ...] = (
    flat_entities,
    names_are_whole,
    names_are_mentions,
    one_mention_per_span,
    clean_edges,
    bare_names,
    relation_signatures,
    relation_arguments,
    relations_once,
)
HINTS: tuple[Rule, ...] = (unmarked_pronouns, unmarked_names, goods_or_vehicles)


def check_piece(piece: Piece) -> list[Problem]:
    """Every broken rule and every hint of the piece, by line."""
    findings = [
        (*finding, rule in HINTS)
        for sentence in piece.sentences
        for rule in RULES + HINTS
        for finding in rule(sentence)
    ]
    findings += [(*finding, False) for finding in one_type_per_cluster(piece)]
    findings += [(*finding, True) for finding in one_cluster_per_name(piece)]
    return [Problem(piece.path, *finding) for finding in sorted(findings)]


def one_type_per_cluster(piece: Piece) -> Iterator[Finding]:
    seen: dict[str | None, tuple[str, int]] = {}
    for sentence in piece.sentences:
        for mention in sentence.mentions:
            label, line = seen.setdefault(mention.cluster, (mention.label, sentence.line))
            if label != mention.label:
                cause = f"the cluster {mention.cluster!r} is {mention.label} here and {label} in line {line}"
                yield sentence.line, cause, "give it one type or two names"


def one_cluster_per_name(piece: Piece) -> Iterator[Finding]:
    seen: dict[tuple[str, str], tuple[str | None, int]] = {}
    for sentence in piece.sentences:
        for mention in sentence.mentions:
            for entity in sentence.entities:
                if (entity.start, entity.end) != (mention.start, mention.end):
                    continue
                name = sentence.words(entity)
                cluster, line = seen.setdefault((name, mention.label), (mention.cluster, sentence.line))
                if cluster != mention.cluster:
                    cause = f"{name!r} is {mention.cluster!r} here and {cluster!r} in line {line}"
                    yield sentence.line, cause, "use one cluster name if it is one entity"
