"""Relations between whole spans, which may be nested."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from allennlp.common import Lazy
from allennlp.data import Vocabulary
from torch import LongTensor, Tensor
from torch.nn import functional as F

from hmtl.backbones.level import Level
from hmtl.documents import Document, Relation, Span
from hmtl.dropout import Dropout
from hmtl.heads.arguments import ArgumentFinder
from hmtl.heads.gold_relations import gold_relations
from hmtl.heads.head import Head
from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.rows import flatten, gold_layer
from hmtl.heads.span_candidates import SpanCandidates, span_candidates
from hmtl.heads.span_pair_scorer import SpanPairScorer
from hmtl.heads.untrainable import Untrainable
from hmtl.metrics.relation_f1 import RelationF1


class WordsAndArguments(NamedTuple):
    """The words of the batch, `(words, output_dim)`, and what the argument finder returned."""

    words: Tensor
    arguments: dict[str, Any]


@Head.register("span_pair_relation")
class SpanPairRelationHead(Head):
    """Scores each ordered pair of different spans of a sentence, so that arguments that share a last token
    are told apart. Scores and loss: see `SpanPairScorer` and `PairScorer`.

    Training and the loss of evaluation take the gold spans, with gold types: the documents' mentions
    (entities where they have none) and the arguments of their relations; nothing is decoded for them.
    Predictions and metrics take the spans and types that `arguments` finds. A relation between sentences, or
    of a span with itself, is never found and counts as missed.

    # Parameters

    arguments : a head for mentions, as `{"type": "span_classifier"}`, trained beside. It finds the
        candidates. Documents without mentions and entities neither train it nor count in its scores and in
        `strict_*`; their pairs are those of the arguments of their relations.
    hidden_dim : width of b. feature_dim : width of the embeddings of width and type. dropout : on the level's
        output.
    threshold : least probability of a relation. reduction : `mean` or `sum`, see `PairScorer`.
    argument_weight : of the argument head's loss. relation_bearing_only : see `RelationF1`.
    memory_budget : in prediction, numbers in the largest tensor over pairs of spans. More pairs are scored in
        parts.
    """

    layer = "relations"
    main_metric = "+strict_f1"

    def __init__(
        self,
        vocab: Vocabulary,
        task: str,
        input_dim: int,
        output_dim: int,
        arguments: Lazy[Head],
        hidden_dim: int = 64,
        feature_dim: int = 20,
        dropout: float = 0.2,
        threshold: float = 0.5,
        reduction: str = "sum",
        argument_weight: float = 1.0,
        relation_bearing_only: bool = False,
        memory_budget: int = 2**24,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self.dropout = Dropout(dropout)
        self.arguments = ArgumentFinder(arguments, vocab, task, input_dim, output_dim)
        scorer = PairScorer(
            task, self.labels, 2 * (output_dim + feature_dim), hidden_dim, threshold, reduction
        )
        self.pair_scorer = SpanPairScorer(scorer, output_dim, feature_dim, len(self.arguments.labels))
        self.argument_weight = argument_weight
        self.pairs_at_once = max(1, memory_budget // hidden_dim)
        self._f1 = RelationF1(relation_bearing_only)
        self._left_out = Untrainable(
            task, "both arguments are one span or a sentence ends between them", "relations"
        )

    def score(self, level: Level, documents: list[Document], supervised: bool) -> WordsAndArguments:
        # (words, output_dim)
        words = self.dropout(flatten(level.outputs, level.mask))
        return WordsAndArguments(words, self.arguments(level, documents, supervised))

    def loss(
        self,
        scores: WordsAndArguments,
        level: Level,
        documents: list[Document],
        batch: Sequence[Document],
    ) -> Tensor:
        gold_spans = [self._gold_spans(document) for document in documents]
        candidates = span_candidates(documents, gold_spans, self.arguments.labels, scores.words.device)
        # (pairs, labels)
        logits = self.pair_scorer(scores.words, candidates, candidates.pairs)
        # (gold, 3)
        gold = self._gold_cells(candidates, documents)
        gold_scores = logits[candidates.pair_numbers(gold[:, :2]), gold[:, 2]]
        pairs = sum(map(self._pairs, batch))
        loss = self.pair_scorer.scorer.loss(F.softplus(logits).sum(), gold_scores, pairs)
        return loss + self.argument_weight * scores.arguments["loss"]

    def decode(
        self, scores: WordsAndArguments, level: Level, documents: list[Document]
    ) -> list[tuple[Relation, ...]]:
        found = [list(spans) for spans in scores.arguments["annotations"]]
        candidates = span_candidates(documents, found, self.arguments.labels, scores.words.device)
        relations: list[list[Relation]] = [[] for _ in documents]
        for first, second, label in self._found(scores.words, candidates):
            (document, head), (_, tail) = candidates.places[first], candidates.places[second]
            relations[document].append(Relation(head, tail, self.labels[label]))
        return [tuple(sorted(found)) for found in relations]

    def measure(self, predictions: list[tuple[Relation, ...]], documents: list[Document]) -> None:
        for predicted, document in zip(predictions, documents, strict=True):
            types_known = self.arguments.types_known(document)
            self._f1(predicted, gold_layer(document, self.layer, self.task), types_known)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        if reset:
            self._left_out.report()
        return {**self._f1.get_metric(reset), **self.arguments.get_metrics(reset)}

    def _gold_spans(self, document: Document) -> list[Span]:
        """One span for each pair of bounds, with the type that the mentions give it."""
        arguments = (span for relation in document.relations or () for span in (relation.head, relation.tail))
        return list({span.bounds: span for span in (*arguments, *(document.argument_spans or ()))}.values())

    def _pairs(self, document: Document) -> int:
        """How many ordered pairs of different gold spans stand in one sentence."""
        sentence = document.sentence_of()
        spans = (span for span in self._gold_spans(document) if sentence[span.start] == sentence[span.end])
        return sum(spans * (spans - 1) for spans in Counter(sentence[span.start] for span in spans).values())

    def _gold_cells(self, candidates: SpanCandidates, documents: list[Document]) -> LongTensor:
        """`(gold, 3)`: the numbers of both spans, and the label."""
        numbers = {(document, span.bounds): i for i, (document, span) in enumerate(candidates.places)}
        cells: set[tuple[int, int, int]] = set()
        for gold in gold_relations(documents, self.labels, self.task):
            head, tail = gold.relation.head.bounds, gold.relation.tail.bounds
            if gold.within and head != tail:
                cells.add((numbers[gold.document, head], numbers[gold.document, tail], gold.label))
            elif self.training:
                self._left_out.add(1)
        return torch.tensor(sorted(cells), dtype=torch.long, device=candidates.pairs.device).view(-1, 3)

    @torch.no_grad()
    def _found(self, words: Tensor, candidates: SpanCandidates) -> Iterator[tuple[int, int, int]]:
        """The numbers of both spans, and the label, of each score above the threshold."""
        for pairs in candidates.pairs.split(self.pairs_at_once):
            logits = self.pair_scorer(words, candidates, pairs)
            for pair, label in (logits > self.pair_scorer.scorer.least_score).nonzero().tolist():
                first, second = pairs[pair].tolist()
                yield first, second, label
