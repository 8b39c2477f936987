"""Relations between the last tokens of their arguments."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from allennlp.common import Lazy
from allennlp.data import Vocabulary
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from hmtl.backbones.level import Level
from hmtl.documents import Document, Relation, Span
from hmtl.heads.arguments import ArgumentFinder, longest_ending_at
from hmtl.heads.gold_relations import gold_relations
from hmtl.heads.head import Head
from hmtl.heads.pair_blocks import PairBlock, pair_blocks
from hmtl.heads.pair_scorer import PairScorer
from hmtl.heads.rows import flatten, sentence_rows
from hmtl.metrics.relation_f1 import RelationF1


class TokenPairs(NamedTuple):
    """Both sides of the token pairs, `(rows, tokens, hidden)` each, and what the argument finder returned."""

    heads: Tensor
    tails: Tensor
    arguments: dict[str, Any]


@Head.register("relation")
class RelationHead(Head):
    """Scores each ordered pair of tokens of a sentence, which stand for the arguments that they end (Bekoulis et al. 2018, the
    original HMTL's relation head). Scores and loss: see `PairScorer`; padding and the pairs (i, i) are masked out.

    A relation whose arguments share their last token, or stand in two sentences, is never found and counts as missed.

    # Parameters

    hidden_dim : width of b. dropout : on the level's output.
    threshold : least probability of a relation. reduction : `mean` or `sum`, see `PairScorer`.
    arguments : a head for mentions, as `{"type": "crf_tagger", "layer": "mentions"}`, trained beside on the documents'
        mentions, or entities where they have no mentions. It finds the arguments: a token stands for the longest span that ends
        there. Without it, and where no span ends, an argument is the token alone, of type "". Then the strict and boundary
        scores say how often that happens to be right, and `+head_f1` selects the best epoch.
    argument_weight : of its loss.
    relation_bearing_only : see `RelationF1`.
    memory_budget : numbers in the largest tensor over token pairs. More pairs are scored in blocks, and in training once
        more in the backward pass.
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
        self.dropout = torch.nn.Dropout(dropout)
        self.scorer = PairScorer(task, self.labels, output_dim, hidden_dim, threshold, reduction)
        self.arguments = arguments and ArgumentFinder(arguments, vocab, task, input_dim, output_dim)
        if not self.arguments:
            self.main_metric = "+head_f1"  # type: ignore[misc]
        self.argument_weight = argument_weight
        self.memory_budget = memory_budget
        self._f1 = RelationF1(relation_bearing_only)

    def score(self, level: Level, documents: list[Document], supervised: bool) -> TokenPairs:
        # (rows, tokens, output_dim): padding may hold anything
        words = self.dropout(level.outputs.masked_fill(~level.mask.unsqueeze(-1), 0.0))
        arguments = self.arguments(level, documents, supervised) if self.arguments else {}
        return TokenPairs(self.scorer.as_head(words), self.scorer.as_tail(words), arguments)

    def loss(self, scores: TokenPairs, level: Level, documents: list[Document]) -> Tensor:
        lengths = level.mask.sum(1).tolist()
        off = self._off(scores, level, lengths)
        loss = self.scorer.loss(off, self._gold_scores(scores, level, documents), sum(n * (n - 1) for n in lengths))
        return loss + self.argument_weight * scores.arguments.get("loss", 0.0)

    def decode(self, scores: TokenPairs, level: Level, documents: list[Document]) -> list[tuple[Relation, ...]]:
        places = [(number, start) for _, number, start, _ in sentence_rows(documents)]
        spans = [longest_ending_at(found) for found in scores.arguments.get("annotations", [()] * len(documents))]
        relations: list[list[Relation]] = [[] for _ in documents]
        for row, head, tail, label in self._found(scores, level):
            number, start = places[row]
            arguments = (spans[number].get(token, Span(token, token)) for token in (start + head, start + tail))
            relations[number].append(Relation(*arguments, self.labels[label]))
        return [tuple(sorted(found)) for found in relations]

    def measure(self, predictions: list[tuple[Relation, ...]], documents: list[Document]) -> None:
        for predicted, document in zip(predictions, documents, strict=True):
            self._f1(predicted, document.relations or ())

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        arguments = self.arguments.get_metrics(reset) if self.arguments else {}
        return {**self._f1.get_metric(reset), **arguments}

    def _off(self, scores: TokenPairs, level: Level, lengths: list[int]) -> Tensor:
        blocks = list(self._blocks(scores, lengths))
        parts = []
        for block in blocks:
            inputs = (*self._sides(scores, block), block.valid(level.mask))
            # Of many blocks, keep what the backward pass needs of one at a time.
            many = len(blocks) > 1 and torch.is_grad_enabled()
            parts.append(checkpoint(self._off_of, *inputs, use_reentrant=False) if many else self._off_of(*inputs))
        return torch.stack(parts).sum()

    def _off_of(self, heads: Tensor, tails: Tensor, valid: Tensor) -> Tensor:
        # (rows, heads, tails)
        off = F.softplus(self.scorer(heads, tails)).sum(-1)
        return off.masked_fill(~valid, 0.0).sum()

    def _gold_scores(self, scores: TokenPairs, level: Level, documents: list[Document]) -> Tensor:
        cells = {
            (gold.offset + gold.relation.head.end, gold.offset + gold.relation.tail.end, gold.label)
            for gold in gold_relations(documents, self.labels, self.task)
            if gold.relation.head.end != gold.relation.tail.end
        }
        # (gold, 3)
        gold = torch.tensor(sorted(cells), dtype=torch.long, device=level.mask.device).view(-1, 3)
        heads, tails = flatten(scores.heads, level.mask)[gold[:, 0]], flatten(scores.tails, level.mask)[gold[:, 1]]
        return self.scorer(heads, tails).gather(1, gold[:, 2:]).squeeze(1)

    @torch.no_grad()
    def _found(self, scores: TokenPairs, level: Level) -> Iterator[tuple[int, int, int, int]]:
        """`(row, head, tail, label)` of each score above the threshold."""
        for block in self._blocks(scores, level.mask.sum(1).tolist()):
            above = self.scorer(*self._sides(scores, block)) > self.scorer.least_score
            for row, head, tail, label in (above & block.valid(level.mask).unsqueeze(-1)).nonzero().tolist():
                yield block.rows[row], block.start + head, tail, label

    def _blocks(self, scores: TokenPairs, lengths: list[int]) -> Iterator[PairBlock]:
        return pair_blocks(lengths, scores.heads.size(-1), self.memory_budget)

    def _sides(self, scores: TokenPairs, block: PairBlock) -> tuple[Tensor, Tensor]:
        """`(rows, heads, 1, hidden)` and `(rows, 1, tails, hidden)` of a block."""
        heads = scores.heads[block.rows, block.start : block.end]
        return heads.unsqueeze(2), scores.tails[block.rows, : block.width].unsqueeze(1)
