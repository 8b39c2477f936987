"""Relations between whole spans, which may be nested."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from allennlp.common import Lazy
from allennlp.data import Vocabulary
from allennlp.nn.util import bucket_values
from torch import LongTensor, Tensor
from torch.nn import functional as F

from hmtl.backbones.level import Level
from hmtl.documents import Document, Relation, Span
from hmtl.heads.arguments import ArgumentFinder, argument_spans
from hmtl.heads.gold_relations import gold_relations
from hmtl.heads.head import Head
from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.range_max import range_max
from hmtl.heads.rows import flatten
from hmtl.heads.span_candidates import SpanCandidates, span_candidates
from hmtl.metrics.relation_f1 import RelationF1

BUCKETS = 10
"""0, 1, 2, 3, 4, 5-7, 8-15, 16-31, 32-63, 64+, as in the distances of Lee et al. (2017)."""


class WordsAndArguments(NamedTuple):
    """The words of the batch, `(words, output_dim)`, and what the argument finder returned."""

    words: Tensor
    arguments: dict[str, Any]


@Head.register("span_pair_relation")
class SpanPairRelationHead(Head):
    """Scores each ordered pair of different spans of a sentence, so that arguments that share a last token are told apart.

    A span is g = [h_start ; h_end ; width ; type], embeddings of bucketed width and of type. Scores and loss are those of `PairScorer`,
    with two terms more inside the ReLU: the maximum of C h_t over the words t between the spans (local context, Eberts and
    Ulges 2020, SpERT) and an embedding of their number, bucketed, and of which span comes first.

    Training and the loss of evaluation take the gold spans, with gold types: the documents' mentions (entities where they
    have none) and the arguments of their relations; nothing is decoded for them. Predictions and metrics take the spans and types
    that `arguments` finds. A relation between sentences, or of a span with itself, is never found and counts as missed.

    # Parameters

    arguments : a head for mentions, as `{"type": "span_classifier"}`, trained beside. It finds the candidates.
    hidden_dim : width of b. feature_dim : width of the embeddings of width and type. dropout : on the level's output.
    threshold : least probability of a relation. reduction : `mean` or `sum`, see `PairScorer`.
    argument_weight : of the argument head's loss. relation_bearing_only : see `RelationF1`.
    memory_budget : in prediction, numbers in the largest tensor over pairs of spans. More pairs are scored in parts.
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
        reduction: str = "mean",
        argument_weight: float = 1.0,
        relation_bearing_only: bool = False,
        memory_budget: int = 2**24,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self.dropout = torch.nn.Dropout(dropout)
        self.arguments = ArgumentFinder(arguments, vocab, task, input_dim, output_dim)
        self.span_width = torch.nn.Embedding(BUCKETS, feature_dim)
        self.span_type = torch.nn.Embedding(1 + len(self.arguments.labels), feature_dim)
        self.context = torch.nn.Linear(output_dim, hidden_dim, bias=False)  # C
        self.distance = torch.nn.Embedding(2 * BUCKETS, hidden_dim)
        span_dim = 2 * (output_dim + feature_dim)
        self.scorer = PairScorer(task, self.labels, span_dim, hidden_dim, threshold, reduction)
        self.argument_weight = argument_weight
        self.pairs_at_once = max(1, memory_budget // hidden_dim)
        self._f1 = RelationF1(relation_bearing_only)

    def score(self, level: Level, documents: list[Document], supervised: bool) -> WordsAndArguments:
        # (words, output_dim)
        words = self.dropout(flatten(level.outputs, level.mask))
        return WordsAndArguments(words, self.arguments(level, documents, supervised))

    def loss(self, scores: WordsAndArguments, level: Level, documents: list[Document]) -> Tensor:
        gold_spans = [self._gold_spans(document) for document in documents]
        candidates = span_candidates(documents, gold_spans, self.arguments.labels, scores.words.device)
        # (pairs, labels)
        logits = self._pair_scores(scores.words, candidates, candidates.pairs)
        # (gold, 3)
        gold = self._gold_cells(candidates, documents)
        gold_scores = logits[candidates.pair_numbers(gold[:, :2]), gold[:, 2]]
        loss = self.scorer.loss(F.softplus(logits).sum(), gold_scores, len(logits))
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
            self._f1(predicted, document.relations or ())

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        return {**self._f1.get_metric(reset), **self.arguments.get_metrics(reset)}

    def _gold_spans(self, document: Document) -> list[Span]:
        """One span for each pair of bounds, with the type that the mentions give it."""
        arguments = (span for relation in document.relations or () for span in (relation.head, relation.tail))
        return list({span.bounds: span for span in (*arguments, *(argument_spans(document) or ()))}.values())

    def _gold_cells(self, candidates: SpanCandidates, documents: list[Document]) -> LongTensor:
        """`(gold, 3)`: the numbers of both spans, and the label."""
        number = {(document, span.bounds): i for i, (document, span) in enumerate(candidates.places)}
        cells = {
            (number[gold.document, gold.relation.head.bounds], number[gold.document, gold.relation.tail.bounds], gold.label)
            for gold in gold_relations(documents, self.labels, self.task)
            if gold.relation.head.bounds != gold.relation.tail.bounds
        }
        return torch.tensor(sorted(cells), dtype=torch.long, device=candidates.pairs.device).view(-1, 3)

    @torch.no_grad()
    def _found(self, words: Tensor, candidates: SpanCandidates) -> Iterator[tuple[int, int, int]]:
        """The numbers of both spans, and the label, of each score above the threshold."""
        for pairs in candidates.pairs.split(self.pairs_at_once):
            logits = self._pair_scores(words, candidates, pairs)
            for pair, label in (logits > self.scorer.least_score).nonzero().tolist():
                first, second = pairs[pair].tolist()
                yield first, second, label

    def _pair_scores(self, words: Tensor, candidates: SpanCandidates, pairs: LongTensor) -> Tensor:
        """`(pairs, labels)` for `(pairs, 2)` numbers of spans."""
        starts, ends = candidates.starts, candidates.ends
        features = (self.span_width(bucket_values(ends - starts)), self.span_type(candidates.types))
        # (spans, 2 · output_dim + 2 · feature_dim)
        spans = torch.cat([words[starts], words[ends], *features], 1)
        heads, tails = pairs.unbind(1)
        between = self._between(words, candidates, heads, tails)
        return self.scorer(self.scorer.as_head(spans)[heads] + between, self.scorer.as_tail(spans)[tails])

    def _between(self, words: Tensor, spans: SpanCandidates, heads: LongTensor, tails: LongTensor) -> Tensor:
        """`(pairs, hidden)`: what stands between the spans of each pair, how many words, and on which side."""
        first = torch.minimum(spans.ends[heads], spans.ends[tails]) + 1
        last = torch.maximum(spans.starts[heads], spans.starts[tails]) - 1
        distances = bucket_values((last - first + 1).clamp(min=0)) + BUCKETS * (tails > heads)
        return range_max(self.context(words), first, last) + self.distance(distances)
