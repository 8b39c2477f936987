"""Relations between the last tokens of their arguments."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from allennlp.common import Lazy
from allennlp.data import Vocabulary
from torch import LongTensor, Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document, Relation, Span
from hmtl.dropout import Dropout
from hmtl.heads.arguments import ArgumentFinder, longest_ending_at
from hmtl.heads.gold_relations import gold_relations
from hmtl.heads.head import Head
from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.rows import gold_layer, sentence_rows
from hmtl.heads.token_pairs import TokenPairs
from hmtl.heads.untrainable import Untrainable
from hmtl.metrics.relation_f1 import RelationF1


class PairsAndArguments(NamedTuple):
    """The pairs of tokens of the batch, and what the argument finder returned."""

    pairs: TokenPairs
    arguments: dict[str, Any]


@Head.register("relation")
class RelationHead(Head):
    """Scores each ordered pair of tokens of a sentence, which stand for the arguments that they end (Bekoulis
    et al. 2018, the original HMTL's relation head). Scores and loss: see `PairScorer`; padding and the pairs
    (i, i) are masked out.

    A relation whose arguments share their last token, or stand in two sentences, is never found and counts as
    missed.

    # Parameters

    hidden_dim : width of b. dropout : on the level's output.
    threshold : least probability of a relation. reduction : `mean` or `sum`, see `PairScorer`.
    arguments : a head for mentions, as `{"type": "crf_tagger", "layer": "mentions"}`, trained beside on the
        documents' mentions, or entities where they have no mentions; those that have neither neither train
        it nor count in its scores and in `strict_*`. It finds the arguments: a token stands for the longest
        span that ends there. Without it, and where no span ends, an argument is the token
        alone, of type "". Then the strict and boundary scores say how often that happens to be right, and
        `+head_f1` selects the best epoch.
    argument_weight : of its loss.
    relation_bearing_only : see `RelationF1`.
    memory_budget : numbers in the largest tensor over token pairs. More pairs are scored in blocks, and in
        training once more in the backward pass.
    """

    layer = "relations"
    main_metric = "+strict_f1"

    def __init__(
        self,
        vocab: Vocabulary,
        task: str,
        input_dim: int,
        output_dim: int,
        hidden_dim: int = 64,
        dropout: float = 0.2,
        threshold: float = 0.5,
        reduction: str = "mean",
        arguments: Lazy[Head] | None = None,
        argument_weight: float = 1.0,
        relation_bearing_only: bool = False,
        memory_budget: int = 2**24,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self.dropout = Dropout(dropout)
        self.scorer = PairScorer(task, self.labels, output_dim, hidden_dim, threshold, reduction)
        self.arguments = None
        if arguments:
            self.arguments = ArgumentFinder(arguments, vocab, task, input_dim, output_dim)
        else:
            self.main_metric = "+head_f1"  # type: ignore[misc]
        self.argument_weight = argument_weight
        self.memory_budget = memory_budget
        self._f1 = RelationF1(relation_bearing_only)
        self._left_out = Untrainable(
            task, "their arguments share a last token or a sentence ends between them", "relations"
        )

    def score(self, level: Level, documents: list[Document], supervised: bool) -> PairsAndArguments:
        # (rows, tokens, output_dim): padding may hold anything
        words = self.dropout(level.outputs.masked_fill(~level.mask.unsqueeze(-1), 0.0))
        heads, tails = self.scorer.as_head(words), self.scorer.as_tail(words)
        pairs = TokenPairs(self.scorer, heads, tails, level.mask, self.memory_budget)
        return PairsAndArguments(
            pairs, self.arguments(level, documents, supervised) if self.arguments else {}
        )

    def loss(
        self,
        scores: PairsAndArguments,
        level: Level,
        documents: list[Document],
        batch: Sequence[Document],
    ) -> Tensor:
        gold = self._gold_cells(documents).to(level.mask.device)
        lengths = (end - start + 1 for _, _, start, end in sentence_rows(batch))
        pairs = sum(length * (length - 1) for length in lengths)
        loss = self.scorer.loss(scores.pairs.off(), scores.pairs.at(gold), pairs)
        return loss + self.argument_weight * scores.arguments.get("loss", 0.0)

    def decode(
        self, scores: PairsAndArguments, level: Level, documents: list[Document]
    ) -> list[tuple[Relation, ...]]:
        places = [(number, start) for _, number, start, _ in sentence_rows(documents)]
        found = scores.arguments.get("annotations", [()] * len(documents))
        spans = [longest_ending_at(spans) for spans in found]
        relations: list[list[Relation]] = [[] for _ in documents]
        for row, head, tail, label in scores.pairs.above_threshold():
            number, start = places[row]
            ends = (start + head, start + tail)
            arguments = (spans[number].get(end, Span(end, end)) for end in ends)
            relations[number].append(Relation(*arguments, self.labels[label]))
        return [tuple(sorted(each)) for each in relations]

    def measure(self, predictions: list[tuple[Relation, ...]], documents: list[Document]) -> None:
        for predicted, document in zip(predictions, documents, strict=True):
            types_known = self.arguments is None or self.arguments.types_known(document)
            self._f1(predicted, gold_layer(document, self.layer, self.task), types_known)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        if reset:
            self._left_out.report()
        arguments = self.arguments.get_metrics(reset) if self.arguments else {}
        return {**self._f1.get_metric(reset), **arguments}

    def _gold_cells(self, documents: list[Document]) -> LongTensor:
        """`(gold, 3)`: the last words of both arguments, counted through the batch, and the label."""
        cells: set[tuple[int, int, int]] = set()
        for gold in gold_relations(documents, self.labels, self.task):
            head, tail = gold.relation.head.end, gold.relation.tail.end
            if gold.within and head != tail:
                cells.add((gold.offset + head, gold.offset + tail, gold.label))
            elif self.training:
                self._left_out.add(1)
        return torch.tensor(sorted(cells), dtype=torch.long).view(-1, 3)
