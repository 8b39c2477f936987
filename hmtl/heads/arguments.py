"""The arguments of relations: a head for mentions inside a head for relations."""

from collections.abc import Iterable
from typing import Any

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary

from hmtl.backbones.level import Level
from hmtl.documents import Document, Span
from hmtl.heads.head import Head
from hmtl.heads.rows import SPAN_LAYERS


def longest_ending_at(spans: Iterable[Span]) -> dict[int, Span]:
    """One span for each last token. Of nested ones the longest, since the shorter ones mostly take part in
    relations with the longer, and those share a last token, so that no pair of tokens stands for them."""
    return {span.end: span for span in sorted(spans, key=lambda span: (span.start, span.label), reverse=True)}


class ArgumentFinder(torch.nn.Module):
    """Trains and runs a head for mentions as task `{task}_argument`, whose labels are therefore
    `{task}_argument_labels`.

    # Parameters

    head : `crf_tagger`, `span_classifier` or another head that fills `mentions` or `entities`.
    The other parameters are those of the head for relations that it serves.
    """

    def __init__(
        self, head: Lazy[Head], vocab: Vocabulary, task: str, input_dim: int, output_dim: int
    ) -> None:
        super().__init__()
        self.task = f"{task}_argument"
        self.head = head.construct(vocab=vocab, task=self.task, input_dim=input_dim, output_dim=output_dim)
        if self.head.layer not in SPAN_LAYERS:
            layers = " or ".join(SPAN_LAYERS)
            raise ConfigurationError(
                f"model.heads.{task}.arguments: fills {self.head.layer}; choose a head that fills {layers}"
            )

    @property
    def labels(self) -> list[str]:
        """The types of arguments."""
        return self.head.labels

    def forward(self, level: Level, documents: list[Document], supervised: bool) -> dict[str, Any]:
        """What `Head.forward` returns; the annotations are spans."""
        if supervised:
            documents = [self._annotated(document) for document in documents]
        return self.head(level, documents, supervised)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """The mention head's, as `argument_*`."""
        return {f"argument_{name}": value for name, value in self.head.get_metrics(reset).items()}

    def _annotated(self, document: Document) -> Document:
        spans = document.argument_spans
        if spans is None:
            raise ConfigurationError(
                f"{document.source or document.id}: the document has no layer '{self.head.layer}', from "
                f"which task '{self.task}' learns to find arguments; annotate it (an empty layer will do), "
                "or choose head `relation` without `arguments`"
            )
        if getattr(document, self.head.layer) is spans:
            return document
        return document.replace(**{self.head.layer: spans})
