"""The common currency of all rooms: a tokenised text and whichever layers of annotation it carries.

Every token span in the project is `(start, end)` over the document's tokens with **both ends inclusive**, as
in AllenNLP's `SpanField` and the DyGIE++ schema; sentences are such spans too. Character offsets are
half-open, as Python slices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

from allennlp.common.checks import ConfigurationError

LAYERS = ("entities", "mentions", "relations", "clusters")


class DocumentError(ConfigurationError):
    """A document that contradicts itself; the message starts with the place it was read from."""


class Span(NamedTuple):
    """Tokens `start` to `end` (inclusive) with a type; the label is "" where the type is unknown."""

    start: int
    end: int
    label: str = ""

    @property
    def bounds(self) -> tuple[int, int]:
        return self.start, self.end


class Relation(NamedTuple):
    """A directed, typed relation between two spans."""

    head: Span
    tail: Span
    label: str


Cluster = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Document:
    """One text with its annotations. A layer that is `None` was not annotated; an empty one was and holds
    nothing.

    # Parameters

    id : name of the document, unique within its corpus.
    tokens : the words.
    sentences : `(start, end)` of each sentence, in order, without gaps; default one sentence.
    text, offsets : the user's own text and `(start, end)` characters of each token in it; default the tokens
        joined by single spaces.
    entities : named entities. mentions : entity mentions, possibly nested. Both sorted.
    relations : between spans. clusters : coreference, each cluster its spans in order of appearance.
    speakers : one per token. genre : such as `nw` or `letter`. source : `file:line` for error messages.

    # Raises

    `DocumentError` where an invariant does not hold: an empty document or token, sentences that do not tile
    the tokens, offsets that overlap or leave the text, a span outside the document or listed twice, a token
    span in two clusters.
    """

    id: str
    tokens: tuple[str, ...]
    sentences: tuple[tuple[int, int], ...] = ()
    text: str = ""
    offsets: tuple[tuple[int, int], ...] = ()
    entities: tuple[Span, ...] | None = None
    mentions: tuple[Span, ...] | None = None
    relations: tuple[Relation, ...] | None = None
    clusters: tuple[Cluster, ...] | None = None
    speakers: tuple[str, ...] | None = None
    genre: str | None = None
    source: str = ""

    def __post_init__(self) -> None:
        put = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731 - the class is frozen
        put("tokens", tuple(self.tokens))
        put("sentences", tuple((s, e) for s, e in self.sentences) or ((0, len(self.tokens) - 1),))
        is_laid_out = bool(self.offsets)
        if not is_laid_out:
            joined = " ".join(self.tokens)
            if self.tokens and self.text not in ("", joined):
                self._fail("has a text of its own but no character offsets", "give both or neither")
            put("text", joined)
            starts = accumulate((len(token) + 1 for token in self.tokens), initial=0)
            put("offsets", tuple((s, s + len(t)) for s, t in zip(starts, self.tokens, strict=False)))
        else:
            put("offsets", tuple((s, e) for s, e in self.offsets))
        self._order(LAYERS)
        if self.speakers is not None:
            put("speakers", tuple(self.speakers))
        self._check(is_laid_out)

    def _order(self, layers: Iterable[str]) -> None:
        """Makes of what these layers hold sorted tuples of the right types."""
        own = vars(self)
        for layer in layers:
            if (items := own[layer]) is None:
                continue
            if layer == "relations":
                ordered = sorted(Relation(Span(*h), Span(*t), r) for h, t, r in items)
            elif layer == "clusters":
                ordered = sorted(tuple(sorted((s, e) for s, e in cluster)) for cluster in items)
            else:
                ordered = sorted(Span(*span) for span in items)
            own[layer] = tuple(ordered)

    def _check(self, is_laid_out: bool) -> None:
        if not self.tokens or not all(self.tokens):
            self._fail(
                "holds no words" if not self.tokens else "holds an empty word", "remove it or give its text"
            )
        self._check_sentences()
        if is_laid_out:
            self._check_offsets()
        if self.speakers is not None and len(self.speakers) != len(self.tokens):
            self._fail(f"has {len(self.speakers)} speakers for {len(self.tokens)} words", "give one per word")
        self._check_layers(LAYERS)

    def _check_layers(self, layers: Iterable[str]) -> None:
        held = {layer: items for layer in layers if (items := getattr(self, layer))}
        for layer, items in held.items():
            self._check_unique(layer, list(chain.from_iterable(items)) if layer == "clusters" else items)
        arguments = [a for r in held.get("relations", ()) for a in (r.head, r.tail)]
        for span in (*held.get("entities", ()), *held.get("mentions", ()), *arguments):
            self._check_span(span.start, span.end)
        for cluster in held.get("clusters", ()):
            if not cluster:
                self._fail("has a coreference cluster without mentions", "remove the empty cluster")
            for start, end in cluster:
                self._check_span(start, end)

    def _check_sentences(self) -> None:
        starts_right = self.sentences[0][0] == 0 and self.sentences[-1][1] == len(self.tokens) - 1
        tiled = all(b[0] == a[1] + 1 for a, b in pairwise(self.sentences)) and all(
            s <= e for s, e in self.sentences
        )
        if not (starts_right and tiled):
            self._fail(
                "has sentences that overlap, are empty or leave words out",
                "let them tile the tokens in order",
            )

    def _check_offsets(self) -> None:
        if len(self.offsets) != len(self.tokens):
            self._fail(
                f"has {len(self.offsets)} offsets for {len(self.tokens)} words", "give one pair per word"
            )
        ordered = all(a[1] <= b[0] for a, b in pairwise(self.offsets)) and all(s < e for s, e in self.offsets)
        if not ordered or self.offsets[0][0] < 0 or self.offsets[-1][1] > len(self.text):
            self._fail(
                "has character offsets that overlap or leave the text",
                "count code points, half-open, in order",
            )

    def _check_unique(self, layer: str, items: Collection[Any]) -> None:
        if len(set(items)) == len(items):
            return
        seen: set[Any] = set()
        for item in items:
            if item in seen:
                self._fail(f"lists {item} twice in its {layer}", "keep one of them")
            seen.add(item)

    def _check_span(self, start: int, end: int) -> None:
        if not 0 <= start <= end < len(self.tokens):
            self._fail(
                f"has a span ({start}, {end}) outside its {len(self.tokens)} words",
                "spans are inclusive, from 0",
            )

    def _fail(self, cause: str, mend: str) -> None:
        raise DocumentError(f"{self.source or 'input'}: document {self.id!r} {cause}; {mend}")

    def replace(self, **changes: Any) -> Document:
        """A copy with some fields changed, which are checked. Raises `DocumentError` as the class does."""
        if not changes.keys() <= set(LAYERS):
            return replace(self, **changes)
        # text and other layers have been checked, which takes longer than all else here
        answer = object.__new__(type(self))
        vars(answer).update(vars(self), **changes)
        layers = [layer for layer in LAYERS if layer in changes]
        answer._order(layers)
        answer._check_layers(layers)
        return answer

    def to_json(self) -> dict[str, Any]:
        """See `hmtl.document_json`; by this name AllenNLP writes it to the predictions of `evaluate`."""
        from hmtl.document_json import to_json

        return to_json(self)

    def bare(self) -> Document:
        """The text alone, with no layer annotated."""
        return self.replace(**dict.fromkeys(LAYERS))

    @property
    def argument_spans(self) -> tuple[Span, ...] | None:
        """What may be an argument of a relation: the mentions or, where not annotated, the entities."""
        return self.mentions if self.mentions is not None else self.entities

    def span_text(self, start: int, end: int) -> str:
        """The user's own characters from the first to the last token of a span."""
        return self.text[self.offsets[start][0] : self.offsets[end][1]]

    def sentence_of(self) -> list[int]:
        """The number of its sentence for each token."""
        return [i for i, (start, end) in enumerate(self.sentences) for _ in range(start, end + 1)]
