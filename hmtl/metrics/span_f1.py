"""Precision, recall and F1 of exact typed spans."""

from collections.abc import Iterable

import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric

from hmtl.documents import Span
from hmtl.metrics.counts import precision_recall_f1


@Metric.register("exact_span_f1")
class SpanF1(Metric):
    """Micro-averaged scores over all documents: a predicted span counts where the gold annotation has the
    same first token, last token and label (the rule of CoNLL-2003, Tjong Kim Sang and De Meulder 2003).
    Nested spans are welcome.

    Counts are summed over distributed workers when they are read, so every worker must read them.

    # Parameters

    labels : also score each of these on its own (`f1_PER`, …). Other labels count in the overall scores
        alone.
    """

    supports_distributed = True

    def __init__(self, labels: list[str] | None = None) -> None:
        self._labels = list(labels or ())
        self.reset()

    def __call__(self, predicted: Iterable[Span], gold: Iterable[Span]) -> None:  # type: ignore[override]
        """Adds one document; a span listed twice counts once."""
        predicted, gold = set(predicted), set(gold)
        for column, spans in enumerate((predicted & gold, predicted, gold)):
            self._counts[0, column] += len(spans)
            for row, label in enumerate(self._labels, 1):
                self._counts[row, column] += sum(span.label == label for span in spans)

    def get_metric(self, reset: bool = False) -> dict[str, float]:  # type: ignore[override]
        """`precision`, `recall`, `f1` as fractions, 0 where nothing was predicted or nothing is gold."""
        scores: dict[str, float] = {}
        suffixes = ["", *(f"_{label}" for label in self._labels)]
        for suffix, counts in zip(suffixes, dist_reduce_sum(self._counts).tolist(), strict=True):
            names = (f"{score}{suffix}" for score in ("precision", "recall", "f1"))
            scores.update(zip(names, precision_recall_f1(*counts), strict=True))
        if reset:
            self.reset()
        return scores

    def reset(self) -> None:
        """Forgets all documents."""
        # (1 + labels, correct | predicted | gold): the first row counts every label
        self._counts = torch.zeros(1 + len(self._labels), 3, dtype=torch.long)
