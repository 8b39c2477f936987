"""Nested spans, each classified on its own."""

from collections.abc import Iterator, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from torch import LongTensor, Tensor
from torch.utils.checkpoint import checkpoint

from hmtl.backbones.level import Level
from hmtl.documents import Document, Span
from hmtl.dropout import Dropout
from hmtl.heads.head import Head
from hmtl.heads.nesting import without_crossings
from hmtl.heads.rows import check_layer, document_spans, gold_spans, label_indices
from hmtl.heads.span_biaffine import SpanBiaffine, SpanWords
from hmtl.heads.untrainable import Untrainable
from hmtl.metrics.span_f1 import SpanF1


@Head.register("span_classifier")
class SpanClassifier(Head):
    """Mentions or entities that may nest: every span of a sentence gets a label or none (Yu et al. 2020,
    "Named Entity Recognition as Dependency Parsing").

    The loss is the cross-entropy of labels and none, summed over all spans of the batch: the negative
    log-likelihood of the annotation, on the scale of a CRF's. A span with two gold labels counts as two.
    Prediction takes spans whose best label beats none, the most certain first, and leaves out what crosses an
    earlier one. Memory grows with the words of a batch, not with their square.

    # Parameters

    layer : the Document field it fills, `entities` or `mentions`.
    hidden_dim : of the representations of starts and of ends.
    dropout : on the level's output and on those representations.
    max_width : words in the widest span, or null for all. Wider gold is not trained on and counts as missed.
    per_label : report the scores of each label too.

    # Raises

    `ConfigurationError` for an unknown `layer` or a `max_width` below 1.
    """

    main_metric = "+f1"

    def __init__(
        self,
        vocab: Vocabulary,
        task: str,
        input_dim: int,
        output_dim: int,
        layer: str = "mentions",
        hidden_dim: int = 150,
        dropout: float = 0.2,
        max_width: int | None = 32,
        per_label: bool = False,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        if max_width is not None and max_width < 1:
            raise ConfigurationError(
                f"model.heads.{task}.max_width: {max_width} is no width; choose 1 or more, or null for all"
            )
        self.layer = check_layer(layer, task)  # type: ignore[misc]
        self.max_width = max_width
        self.dropout = Dropout(dropout)
        self.biaffine = SpanBiaffine(output_dim, hidden_dim, len(self.labels), dropout)
        self._f1 = SpanF1(self.labels if per_label else None)
        self._crossing = Untrainable(task, "they cross the end of a sentence")
        self._wide = Untrainable(
            task, f"they have more words than max_width ({max_width}), which can be raised"
        )

    def score(self, level: Level, documents: list[Document], supervised: bool) -> SpanWords:
        return self.biaffine(self.dropout(level.outputs), level.mask, self.max_width)

    def loss(
        self, scores: SpanWords, level: Level, documents: list[Document], batch: Sequence[Document]
    ) -> Tensor:
        gold = torch.tensor(self._gold(documents, level), dtype=torch.long, device=level.mask.device).view(
            -1, 3
        )
        pieces = list(self.biaffine.pieces(scores))
        total = level.outputs.new_zeros(())
        for piece in pieces:
            block = scores.room.shape[1]
            here = gold[(gold[:, 0] >= piece.start * block) & (gold[:, 0] < piece.stop * block)]
            if len(pieces) > 1:
                # what backward needs of a long text would not fit into memory: it is computed again
                total = total + checkpoint(self._piece_loss, scores, piece, here, use_reentrant=False)
            else:
                total = total + self._piece_loss(scores, piece, here)
        return total

    def decode(self, scores: SpanWords, level: Level, documents: list[Document]) -> list[tuple[Span, ...]]:
        if not self.labels:
            return [() for _ in documents]
        # (words, 2): row and token
        places = level.mask.nonzero().tolist()
        rows: list[list[tuple[int, int, str]]] = [[] for _ in range(len(level.mask))]
        for word, distance, label in self._positive(scores):
            row, token = places[word]
            rows[row].append((token, token + distance, self.labels[label]))
        kept = (
            (row, *span)
            for row, spans in enumerate(rows)
            for span in without_crossings(spans, level.mask.shape[1])
        )
        return document_spans(kept, documents)

    def measure(self, predictions: list[tuple[Span, ...]], documents: list[Document]) -> None:
        for predicted, document in zip(predictions, documents, strict=True):
            self._f1(predicted, getattr(document, self.layer))

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        if reset:
            self._crossing.report()
            self._wide.report()
        return self._f1.get_metric(reset)

    def _gold(self, documents: list[Document], level: Level) -> list[tuple[int, int, int]]:
        """`(word of the batch, distance of the last word, label)` of each gold span that can be trained
        on."""
        lengths = level.mask.sum(1)
        first_words = (lengths.cumsum(0) - lengths).tolist()
        gold, crossing, wide = [], 0, 0
        for document, placed, across in gold_spans(documents, self.layer, self.task):
            crossing += across
            for row, start, end, span in placed:
                label = label_indices(self.labels, span.label, document, self.task)
                if self.max_width is None or end - start < self.max_width:
                    gold.append((first_words[row] + start, end - start, label))
                else:
                    wide += 1
        if self.training:
            self._crossing.add(crossing)
            self._wide.add(wide)
        return gold

    def _piece_loss(self, words: SpanWords, piece: range, gold: LongTensor) -> Tensor:
        # (blocks, labels, block, width)
        scores = self.biaffine.scores(words, piece)
        block = scores.shape[2]
        word, distance, label = gold.unbind(1)
        place = (word // block - piece.start, word % block, distance)
        # (blocks, block, width): how often a span counts
        weights = self._spans(words, piece).to(scores.dtype)
        golds = torch.zeros_like(weights).index_put_(place, weights.new_ones(()), accumulate=True)
        # none scores 0
        log_partition = torch.logaddexp(scores.logsumexp(1), scores.new_zeros(()))
        return (log_partition * torch.maximum(weights, golds)).sum() - scores[
            place[0], label, *place[1:]
        ].sum()

    @staticmethod
    def _spans(words: SpanWords, piece: range) -> Tensor:
        """Whether there is such a span in the row: `(blocks, block, width)`."""
        room = words.room[piece.start : piece.stop].unsqueeze(-1)
        return torch.arange(words.width, device=room.device) <= room

    def _positive(self, words: SpanWords) -> Iterator[tuple[int, int, int]]:
        """`(word, distance, label)` of the spans whose best label beats none, the best first."""
        found = []
        for piece in self.biaffine.pieces(words):
            # (blocks, block, width)
            best, label = self.biaffine.scores(words, piece).max(1)
            block, position, distance = place = ((best > 0) & self._spans(words, piece)).nonzero(
                as_tuple=True
            )
            word = (piece.start + block) * best.shape[1] + position
            found.append((best[place], torch.stack([word, distance, label[place]], 1)))
        # (spans,), (spans, 3)
        margins, spans = (torch.cat(parts) for parts in zip(*found, strict=True))
        yield from (tuple(span) for span in spans[margins.argsort(descending=True, stable=True)].tolist())
