"""End-to-end coreference."""

import logging
from dataclasses import dataclass
from typing import ClassVar

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from torch import BoolTensor, LongTensor, Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, dropout

from hmtl.backbones.level import Level
from hmtl.documents import Cluster, Document
from hmtl.heads.coref_antecedents import AntecedentScorer
from hmtl.heads.coref_links import antecedent_loss, clusters_of, link
from hmtl.heads.coref_spans import MentionScorer, SpanRepresentation, prune, span_grid
from hmtl.heads.head import Head
from hmtl.heads.rows import flatten
from hmtl.metrics.coref_scores import CorefScores
from hmtl.metrics.mention_recall import MentionRecall

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Candidates:
    """The spans of one document that may be mentions, sorted, and what they may refer to.

    starts, ends, mention_scores : `(spans)`. antecedents, scores : `(spans, k)`, earlier spans and s(i,
        j), −∞ where there are fewer than k. grid, valid : `(words, max_span_width)`, s_m of all spans and
        which of them exist.
    """

    starts: LongTensor
    ends: LongTensor
    mention_scores: Tensor
    antecedents: LongTensor
    scores: Tensor
    grid: Tensor
    valid: BoolTensor

    @property
    def spans(self) -> list[tuple[int, int]]:
        return list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))


@Head.register("coref")
class CorefHead(Head):
    """Span ranking (Lee et al. 2017) with coarse-to-fine pruning of antecedents (Lee et al. 2018),
    without the latter's second order: the coreference head of HMTL.

    Documents are handled one by one and their losses summed, so how they are batched changes nothing.

    # Parameters

    max_span_width : words in a candidate span, which also stays within its sentence. A wider gold mention
        counts as missed.
    spans_per_word : candidates kept for each word of the document. They may cross.
    max_antecedents : kept by the coarse score for each candidate. The original keeps the nearest 70 and
        has no coarse score.
    antecedent_window : how many candidates back an antecedent may be; `None`, the whole document, takes
        time quadratic in its length (memory is linear in any case).
    hidden_dim, layers, dropout : of the feed-forward scorers. feature_dim : of the width and pair features.
    lexical_dropout : on the level's inputs, whose weighted sum represents a span's head (0.5 in the
        original).
    output_dropout : on the level's outputs.
    speakers : tell whether two spans have the same speaker. genres : tell these apart; all others are as
        one.
    singletons : the corpus annotates entities that are mentioned once. Then the mention score is also
        trained by itself, with a binary cross entropy summed over all spans and multiplied by
        `mention_loss_weight`, and a candidate with a positive mention score and no link is a cluster of
        its own (Xu and Choi 2021, "Adapted End-to-End Coreference Resolution System for Anaphoric
        Identities in Dialogues").
    gold_mentions : in evaluation take the gold mentions, of any width, as the candidates. Training and
        prediction do not.
    memory_budget_mb : what the tensors over spans or pairs of spans may take at a time. Larger ones are
        computed in blocks, with equal results; in training the backward pass then computes each block
        again.
    """

    layer: ClassVar[str] = "clusters"
    main_metric: ClassVar[str] = "+coref_f1"

    def __init__(
        self,
        vocab: Vocabulary,
        task: str,
        input_dim: int,
        output_dim: int,
        max_span_width: int = 8,
        spans_per_word: float = 0.4,
        max_antecedents: int = 50,
        antecedent_window: int | None = None,
        hidden_dim: int = 150,
        layers: int = 2,
        dropout: float = 0.3,
        feature_dim: int = 20,
        lexical_dropout: float = 0.5,
        output_dropout: float = 0.0,
        speakers: bool = False,
        genres: list[str] | None = None,
        singletons: bool = False,
        mention_loss_weight: float = 1.0,
        gold_mentions: bool = False,
        memory_budget_mb: int = 512,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self.spans_per_word, self.budget = spans_per_word, memory_budget_mb * 2**20
        self.lexical_dropout, self.output_dropout = lexical_dropout, output_dropout
        self.genres = {genre: number for number, genre in enumerate(genres or (), 1)}
        self.speakers, self.gold_mentions = speakers, gold_mentions
        self.singletons, self.mention_loss_weight = singletons, mention_loss_weight
        self.spans = SpanRepresentation(input_dim, output_dim, feature_dim, max_span_width)
        self.mentions = MentionScorer(self.spans, hidden_dim, layers, dropout)
        self.antecedents = AntecedentScorer(
            sum(self.spans.sizes), feature_dim, hidden_dim, layers, dropout,
            max_antecedents, antecedent_window, speakers, len(self.genres) + 1 if self.genres else 0,
        )  # fmt: skip
        initialise(self)
        self.metrics = {"": CorefScores(), "nosingle_": CorefScores(keep_singletons=False)}
        self.recall = MentionRecall()
        self._candidates: list[set[tuple[int, int]]] = []

    def score(self, level: Level, documents: list[Document], supervised: bool) -> list[Candidates]:
        """The candidates of each document with their antecedents' scores."""
        lengths = [len(document.tokens) for document in documents]
        inputs = dropout(flatten(level.inputs, level.mask), self.lexical_dropout, self.training).split(
            lengths
        )
        outputs = dropout(flatten(level.outputs, level.mask), self.output_dropout, self.training).split(
            lengths
        )
        given = self.gold_mentions and supervised and not self.training
        return [self._candidates_of(*text, given) for text in zip(inputs, outputs, documents, strict=True)]

    def _candidates_of(self, inputs: Tensor, outputs: Tensor, document: Document, given: bool) -> Candidates:
        valid = span_grid(document.sentences, self.spans.width.num_embeddings, inputs.device)
        # the grid only selects, unless the mention scores have a loss of their own
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.singletons):
            grid = self.mentions.grid(inputs, outputs, self.spans, self.budget)
        if given:
            gold = sorted(span for cluster in self._clusters(document) for span in cluster)
            starts, ends = inputs.new_tensor(gold, dtype=torch.long).reshape(-1, 2).unbind(1)
        else:
            starts, ends = prune(grid, valid, self.spans_per_word)
        # (spans, span_dim)
        spans = self.spans(inputs, outputs, starts, ends)
        mention_scores = self.mentions(spans)
        speakers, genre = self._speakers(document, starts), self._genre(document, starts)
        antecedents, scores = self.antecedents(spans, mention_scores, speakers, genre, self.budget)
        return Candidates(starts, ends, mention_scores, antecedents, scores, grid, valid)

    def _speakers(self, document: Document, starts: LongTensor) -> LongTensor | None:
        if not self.speakers:
            return None
        if document.speakers is None:
            return torch.full_like(starts, -1)
        numbers = {speaker: number for number, speaker in enumerate(dict.fromkeys(document.speakers))}
        return starts.new_tensor([numbers[speaker] for speaker in document.speakers])[starts]

    def _genre(self, document: Document, starts: LongTensor) -> LongTensor | None:
        return starts.new_tensor(self.genres.get(document.genre or "", 0)) if self.genres else None

    def loss(self, scores: list[Candidates], level: Level, documents: list[Document]) -> Tensor:
        """Summed over documents and spans. Raises `ConfigurationError` for a document without coreference
        annotation."""
        total = level.outputs.new_zeros(())
        for candidates, document in zip(scores, documents, strict=True):
            home = {s: n for n, cluster in enumerate(self._clusters(document), 1) for s in cluster}
            clusters = candidates.starts.new_tensor([home.get(span, 0) for span in candidates.spans])
            total = total + antecedent_loss(candidates.scores, candidates.antecedents, clusters)
            if self.singletons:
                total = total + self.mention_loss_weight * self._mention_loss(candidates, list(home))
        return total

    @staticmethod
    def _mention_loss(candidates: Candidates, mentions: list[tuple[int, int]]) -> Tensor:
        gold = torch.zeros_like(candidates.grid)
        reachable = [(start, end - start) for start, end in mentions if end - start < gold.shape[1]]
        rows, columns = candidates.starts.new_tensor(reachable).reshape(-1, 2).unbind(1)
        gold[rows, columns] = 1.0
        valid = candidates.valid
        return binary_cross_entropy_with_logits(candidates.grid[valid], gold[valid], reduction="sum")

    def decode(
        self, scores: list[Candidates], level: Level, documents: list[Document]
    ) -> list[tuple[Cluster, ...]]:
        """Clusters of spans linked to their best antecedents; sorted."""
        self._candidates = [set(candidates.spans) for candidates in scores]
        predictions = []
        for candidates in scores:
            roots = link(candidates.scores, candidates.antecedents)
            alone = (candidates.mention_scores > 0) & self.singletons
            predictions.append(clusters_of(candidates.starts, candidates.ends, roots, alone))
        return predictions

    def measure(self, predictions: list[tuple[Cluster, ...]], documents: list[Document]) -> None:
        """Adds clusters, and the candidates that `decode` saw last, to the metrics."""
        for clusters, candidates, document in zip(predictions, self._candidates, documents, strict=True):
            gold = self._clusters(document)
            for metric in self.metrics.values():
                metric(clusters, gold)
            self.recall(candidates, [span for cluster in gold for span in cluster])

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """Those of `CorefScores`, once with all clusters and once without those of a single mention
        (`nosingle_*`), and `mention_recall`."""
        scores = {f"{p}{n}": v for p, m in self.metrics.items() for n, v in m.get_metric(reset).items()}
        return {**scores, **self.recall.get_metric(reset)}

    def _clusters(self, document: Document) -> tuple[Cluster, ...]:
        if document.clusters is None:
            raise ConfigurationError(
                f"{document.source or document.id}: document without coreference annotation in the data of "
                f"task '{self.task}'; leave it out, or annotate it (an empty list: nothing corefers)"
            )
        return document.clusters


def initialise(module: nn.Module) -> None:
    """Xavier-normal weights and embeddings, as in the original HMTL, and zero biases."""
    for parameter in module.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_normal_(parameter)
        else:
            nn.init.zeros_(parameter)
