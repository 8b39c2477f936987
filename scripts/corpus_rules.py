"""The rules of ``corpus/README.md`` that a program can check; each yields what breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations

from corpus_source import TITLES, Finding, Piece, Sentence, Span

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
POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
# An institution may stand for its building and the building for the institution.
COVERING = {
    "PERSON": {"PER"},
    "ORG": {"ORG", "FAC"},
    "GPE": {"GPE"},
    "LOC": {"LOC"},
    "FAC": {"FAC", "ORG"},
}
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
        label = sentence.innermost_label(entity)
        if entity.label in COVERING and label not in COVERING[entity.label]:
            around = f"stands directly in a {label} mention" if label else "stands in no mention"
            yield (
                sentence.line,
                f"the {entity.label} name {sentence.words(entity)!r} {around}",
                f"wrap it in a mention of type {' or '.join(sorted(COVERING[entity.label]))}",
            )


def one_mention_per_span(sentence: Sentence) -> Iterator[Finding]:
    for first, second in combinations(sentence.mentions, 2):
        if (first.start, first.end) == (second.start, second.end):
            yield (sentence.line, f"{sentence.words(first)!r} is marked as a mention twice", "keep one")


def clean_edges(sentence: Sentence) -> Iterator[Finding]:
    for span in sentence.entities + sentence.mentions:
        words, first, last = sentence.words(span), sentence.tokens[span.start], sentence.tokens[span.end]
        if last in POSSESSIVES and owns_what_follows(sentence, span):
            yield sentence.line, f"{words!r} ends in a possessive {last}", "close the bracket before it"
        elif not first[0].isalnum() or not (last[-1].isalnum() or last[-1] in ".'’") or last == ".":
            yield sentence.line, f"{words!r} begins or ends in punctuation", "leave the punctuation outside"


def owns_what_follows(sentence: Sentence, span: Span) -> bool:
    """False for a name that ends in 's by itself: "St Bride's", or "at Tighe's" before a comma."""
    following = sentence.tokens[span.end + 1 : span.end + 2]
    return "St" not in re.split(r"\W+", sentence.words(span)) and "".join(following).isalnum()


def bare_names(sentence: Sentence) -> Iterator[Finding]:
    for entity in sentence.entities:
        first, words = sentence.tokens[entity.start], sentence.words(entity)
        if first.lower() == "the":
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


def one_type_per_cluster(piece: Piece) -> Iterator[Finding]:
    seen: dict[str | None, tuple[str, int]] = {}
    for sentence in piece.sentences:
        for mention in sentence.mentions:
            label, line = seen.setdefault(mention.cluster, (mention.label, sentence.line))
            if label != mention.label:
                cause = f"the cluster {mention.cluster!r} is {mention.label} here and {label} in line {line}"
                yield sentence.line, cause, "give it one type or two names"
