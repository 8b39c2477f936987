"""End-to-end coreference."""

import logging
import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from torch import LongTensor, Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Cluster, Document
from hmtl.dropout import dropout as drop
from hmtl.heads.coref_antecedents import AntecedentScorer
from hmtl.heads.coref_candidates import Bounds, Candidates, throughout
from hmtl.heads.coref_scorer import initialise
from hmtl.heads.coref_spans import TENSORS, MentionScorer, SpanRepresentation, prune, span_grid
from hmtl.heads.head import Head
from hmtl.heads.rows import flatten, gold_layer
from hmtl.heads.untrainable import Untrainable
from hmtl.metrics.coref_scores import CorefScores
from hmtl.metrics.mention_recall import MentionRecall

logger = logging.getLogger(__name__)


@Head.register("coref")
class CorefHead(Head):
    """Span ranking (Lee et al. 2017) with coarse-to-fine pruning of antecedents (Lee et al. 2018),
    without the latter's second order: the coreference head of HMTL.

    An antecedent is of the same document, and losses are summed, so how documents are batched changes
    nothing.

    # Parameters

    max_span_width : words in a candidate span, which also stays within its sentence. A wider gold mention
        counts as missed.
    spans_per_word : candidates kept for each word of the document. They may cross.
    max_antecedents : kept for each candidate, by the coarse score.
    antecedent_window : how many candidates back an antecedent may be; 1,000 are some 2,500 words. `None`,
        the whole document, takes time quadratic in its length (memory is linear in any case). Where it is no
        more than `max_antecedents`, the nearest are kept and there is no coarse score: 70 and 70 are the
        original.
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
        antecedent_window: int | None = 1000,
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
        memory_budget_mb: int = 256,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self._check(max_span_width=max_span_width, max_antecedents=max_antecedents, layers=layers)
        self._check(antecedent_window=antecedent_window, memory_budget_mb=memory_budget_mb)
        self._check(hidden_dim=hidden_dim, feature_dim=feature_dim)
        if spans_per_word <= 0:
            raise ConfigurationError(
                f"model.heads.{task}.spans_per_word: {spans_per_word}; give a number above 0"
            )
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
        self._scores = {"": CorefScores(), "nosingle_": CorefScores(keep_singletons=False)}
        self._recall = MentionRecall()
        self._outside = Untrainable(
            task,
            f"they have more words than max_span_width ({max_span_width}), which can be raised, "
            "or cross the end of a sentence",
            "mentions",
        )
        self._kept: list[list[Bounds]] = []
        self._announced = 0

    def _check(self, **least_one: int | None) -> None:
        for name, value in least_one.items():
            if value is not None and value < 1:
                raise ConfigurationError(
                    f"model.heads.{self.task}.{name}: {value} is too small; give at least 1"
                )

    def peak_mb(self, words: int) -> int:
        """About what the largest tensors over spans or pairs of spans of a document would take if they
        were computed at once. Inputs, outputs and the kept spans' own vectors, linear in the words, come
        on top."""
        kept = math.ceil(self.spans_per_word * words)
        hidden_dim = len(self.mentions.scorer.first.weight)
        spans = words * self.spans.width.num_embeddings * hidden_dim * TENSORS
        pairs = kept * min(kept, self.antecedents.max_antecedents) * hidden_dim * TENSORS
        return 4 * max(spans, pairs, 3 * kept * kept) // 2**20

    def score(self, level: Level, documents: list[Document], supervised: bool) -> Candidates:
        """The candidates of the documents with their antecedents' scores."""
        lengths = [len(document.tokens) for document in documents]
        self._announce(max(lengths))
        # (words of all documents, input_dim), (…, output_dim)
        inputs = drop(flatten(level.inputs, level.mask), self.lexical_dropout, self.training)
        outputs = drop(flatten(level.outputs, level.mask), self.output_dropout, self.training)
        sentences = throughout(lengths, [document.sentences for document in documents])
        valid = span_grid(sentences, self.spans.width.num_embeddings, inputs.device)
        # the grid only selects, unless the mention scores have a loss of their own
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.singletons):
            grid = self.mentions.grid(inputs, outputs, self.spans, self.budget)
        given = self.gold_mentions and supervised and not self.training
        if given:
            starts, ends, counts = self._gold_bounds(documents, lengths, inputs.device)
        else:
            starts, ends, counts = prune(grid, valid, lengths, self.spans_per_word)
        # (spans, span_dim)
        spans = self.spans.in_blocks(inputs, outputs, starts, ends, self.budget)
        # gold may be wider than the grid, and a grid that only selects has no gradient
        anew = given or (torch.is_grad_enabled() and not self.singletons)
        mention_scores = self.mentions(spans) if anew else grid[starts, ends - starts]
        speakers, genres = self._speakers(documents, starts), self._genres(documents, counts, starts)
        antecedents, scores = self.antecedents(spans, mention_scores, counts, speakers, genres, self.budget)
        return Candidates(starts, ends, mention_scores, antecedents, scores, grid, valid, lengths, counts)

    def _announce(self, words: int) -> None:
        peak, budget = self.peak_mb(words), self.budget // 2**20
        if peak > budget and words > self._announced:
            self._announced = words
            logger.info(
                "%s: a document of %d words, whose spans and pairs would take about %d MB at once, "
                "is computed in blocks of %d MB (memory_budget_mb); nothing is left out",
                *(self.task, words, peak, budget),
            )

    def _gold_bounds(
        self, documents: list[Document], lengths: list[int], device: torch.device
    ) -> tuple[LongTensor, LongTensor, list[int]]:
        """The gold mentions as `prune` gives candidates."""
        gold = [
            sorted(span for cluster in self._gold(document) for span in cluster) for document in documents
        ]
        bounds = throughout(lengths, gold)
        starts, ends = torch.tensor(bounds, dtype=torch.long, device=device).reshape(-1, 2).unbind(1)
        return starts, ends, [len(own) for own in gold]

    def _speakers(self, documents: list[Document], starts: LongTensor) -> LongTensor | None:
        if not self.speakers:
            return None
        voices: list[int] = []
        for document in documents:
            numbers = {
                speaker: number for number, speaker in enumerate(dict.fromkeys(document.speakers or ()))
            }
            voices += [
                numbers.get(speaker, -1) for speaker in document.speakers or (None,) * len(document.tokens)
            ]
        return starts.new_tensor(voices)[starts]

    def _genres(self, documents: list[Document], counts: list[int], starts: LongTensor) -> LongTensor | None:
        if not self.genres:
            return None
        numbers = torch.tensor([self.genres.get(document.genre or "", 0) for document in documents])
        return numbers.repeat_interleave(torch.tensor(counts)).to(starts.device)

    def loss(
        self, scores: Candidates, level: Level, documents: list[Document], batch: Sequence[Document]
    ) -> Tensor:
        """Summed over documents and spans. Raises `ConfigurationError` for a document without coreference
        annotation."""
        clusters = [self._gold(document) for document in documents]
        mentions = [[span for cluster in own for span in cluster] for own in clusters]
        total = scores.link_loss(clusters)
        if self.singletons or self.training:
            gold = scores.gold(mentions)
        if self.singletons:
            total = total + self.mention_loss_weight * scores.mention_loss(gold)
        if self.training:
            self._outside.add(sum(map(len, mentions)) - int(gold.sum()))
        return total

    def decode(
        self, scores: Candidates, level: Level, documents: list[Document]
    ) -> list[tuple[Cluster, ...]]:
        """Clusters of spans linked to their best antecedents."""
        self._kept = scores.spans
        return scores.clusters(self.singletons)

    def measure(self, predictions: list[tuple[Cluster, ...]], documents: list[Document]) -> None:
        """Adds clusters, and the candidates that `decode` saw last, to the metrics."""
        for clusters, kept, document in zip(predictions, self._kept, documents, strict=True):
            gold = self._gold(document)
            for metric in self._scores.values():
                metric(clusters, gold)
            self._recall(kept, [span for cluster in gold for span in cluster])

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """Those of `CorefScores`, once with all clusters and once without those of a single mention
        (`nosingle_*`), and `mention_recall`."""
        if reset:
            self._outside.report()
        scores = {f"{p}{n}": v for p, m in self._scores.items() for n, v in m.get_metric(reset).items()}
        return {**scores, **self._recall.get_metric(reset)}

    def _gold(self, document: Document) -> tuple[Cluster, ...]:
        return gold_layer(document, self.layer, self.task)
