"""Places in the Harrow Coast corpus that are often slips and may be right: a person looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus_source import TITLES, Finding, Piece, Sentence

PRONOUNS = frozenset(
    "i me my mine myself we us our ours ourselves you your yours yourself he him his himself "
    "she her hers herself they them their theirs themselves its itself".split()
)
RELATIVES = frozenset("who whom whose which that".split())
# The token before a capital that need not be a name.
BREAKS = frozenset("\" “ ' ‘ . ? ! : — - (".split())
DAYS = re.compile(r"yesterday|today|tomorrow|1[5-9]\d\d|20\d\d")


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
        if entity.label == "PRODUCT" and sentence.innermost_label(entity) != "VEH":
            words = sentence.words(entity)
            yield sentence.line, f"the PRODUCT {words!r} is no VEH mention", "mark it if it is a vehicle"


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


HINTS = (unmarked_pronouns, unmarked_names, goods_or_vehicles)
