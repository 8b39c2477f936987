"""Flat spans as a sequence of tags."""

from collections.abc import Sequence
from typing import NoReturn

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from torch import LongTensor, Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document, Span
from hmtl.dropout import Dropout
from hmtl.heads.crf import LinearChainCRF
from hmtl.heads.head import Head
from hmtl.heads.nesting import overlap, with_rivals
from hmtl.heads.rows import RowSpan, check_layer, document_spans, gold_spans, label_indices
from hmtl.heads.tags import TagSet
from hmtl.heads.untrainable import Untrainable
from hmtl.metrics.span_f1 import SpanF1

NESTED = (None, "outermost", "innermost")


@Head.register("crf_tagger")
class CrfTagger(Head):
    """Named entities or mentions that do not overlap: a linear layer and a linear-chain CRF (Lample et al.
    2016, "Neural Architectures for Named Entity Recognition"), as HMTL's heads for entities and mentions.

    The loss is the negative log-likelihood of the tags, summed over the batch. Every span lies within a
    sentence. Gold that is not flat, or crosses a sentence's end, is never found and counts as missed.

    # Parameters

    layer : the Document field it fills, `entities` or `mentions`.
    encoding : `BIOUL` or `BIO`.
    dropout : on the level's output.
    nested : of overlapping gold spans, train on the `outermost` or the `innermost`. By default they are an
        error.
    per_label : report the scores of each label too.

    # Raises

    `ConfigurationError` for an unknown `layer`, `encoding` or `nested`; in training, for gold spans that
    overlap.
    """

    main_metric = "+f1"

    def __init__(
        self,
        vocab: Vocabulary,
        task: str,
        input_dim: int,
        output_dim: int,
        layer: str = "entities",
        encoding: str = "BIOUL",
        dropout: float = 0.2,
        nested: str | None = None,
        per_label: bool = False,
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        if nested not in NESTED:
            raise ConfigurationError(
                f"model.heads.{task}.nested: '{nested}' is unknown; choose outermost or innermost"
            )
        self.layer = check_layer(layer, task)  # type: ignore[misc]
        self.nested = nested
        self.tag_set = TagSet(self.labels, encoding)
        self.dropout = Dropout(dropout)
        self.linear = torch.nn.Linear(output_dim, len(self.tag_set.names))
        self.crf = LinearChainCRF(self.tag_set.names, encoding)
        self._f1 = SpanF1(self.labels if per_label else None)
        self._crossing = Untrainable(task, "they cross the end of a sentence")

    def score(self, level: Level, documents: list[Document], supervised: bool) -> Tensor:
        # (rows, tokens, tags)
        return self.linear(self.dropout(level.outputs))

    def loss(
        self, scores: Tensor, level: Level, documents: list[Document], batch: Sequence[Document]
    ) -> Tensor:
        gold = self._gold_tags(documents, *level.mask.shape).to(scores.device)
        return -self.crf(scores, gold, level.mask).sum()

    def decode(self, scores: Tensor, level: Level, documents: list[Document]) -> list[tuple[Span, ...]]:
        return document_spans(self.tag_set.decode(self.crf.best_tags(scores, level.mask)), documents)

    def measure(self, predictions: list[tuple[Span, ...]], documents: list[Document]) -> None:
        for predicted, document in zip(predictions, documents, strict=True):
            self._f1(predicted, getattr(document, self.layer))

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        if reset:
            self._crossing.report()
        return self._f1.get_metric(reset)

    def _gold_tags(self, documents: list[Document], rows: int, tokens: int) -> LongTensor:
        spans: list[tuple[int, int, int, int]] = []
        for document, placed, crossing in gold_spans(documents, self.layer, self.task):
            for row, start, end, span in self._flat(placed, document):
                spans.append((row, start, end, label_indices(self.labels, span.label, document, self.task)))
            if self.training:
                self._crossing.add(crossing)
        return self.tag_set.encode(spans, rows, tokens)

    def _flat(self, spans: list[RowSpan], document: Document) -> list[RowSpan]:
        """The spans to train on. The loss of evaluation sets, whose gold is scored in full, takes the
        outermost by default."""
        if not overlap(spans):
            return spans
        flat: list[RowSpan] = []
        for placed, rival in with_rivals(spans, self.nested != "innermost"):
            if rival is None:
                flat.append(placed)
            elif self.training and self.nested is None:
                self._reject(rival.span, placed.span, document)
        return flat

    def _reject(self, one: Span, other: Span, document: Document) -> NoReturn:
        raise ConfigurationError(
            f"{document.source or document.id}: {self.layer} {tuple(one)} and {tuple(other)} overlap, which "
            f"tags cannot express; set model.heads.{self.task}.type to span_classifier, "
            "or its `nested` to outermost or innermost"
        )
