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
from hmtl.heads.rows import SPAN_LAYERS, rows_of


def longest_ending_at(spans: Iterable[Span]) -> dict[int, Span]:
    """One span for each last token. Of nested ones the longest, since the shorter ones mostly take part in
    relations with the longer, and those share a last token, so that no pair of tokens stands for them."""
    return {span.end: span for span in sorted(spans, key=lambda span: (span.start, span.label), reverse=True)}


class ArgumentFinder(torch.nn.Module):
    """Trains and runs a head for mentions as task `{task}_argument`, whose labels are therefore
    `{task}_argument_labels`. Documents that are annotated neither with mentions nor with entities add nothing
    to its loss and its metrics.

    # Parameters

    head : `crf_tagger`, `span_classifier` or another head that fills `mentions` or `entities`.
    The other parameters are those of the head for relations that it serves.

    Raises `ConfigurationError` for a head that fills another layer, and where there is no type of arguments.
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
        if not self.labels:
            raise ConfigurationError(
                f"model.heads.{task}.arguments: no document of the training data has mentions or entities to "
                "learn arguments from; annotate some, or choose head `relation` without `arguments`"
            )

    @property
    def labels(self) -> list[str]:
        """The types of arguments."""
        return self.head.labels

    def forward(self, level: Level, documents: list[Document], supervised: bool) -> dict[str, Any]:
        """What `Head.forward` returns; the annotations are spans."""
        if not supervised or all(document.argument_spans is not None for document in documents):
            return self._run(level, documents, supervised)
        return self._masked(level, documents)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """The mention head's, as `argument_*`."""
        return {f"argument_{name}": value for name, value in self.head.get_metrics(reset).items()}

    @staticmethod
    def types_known(document: Document) -> bool:
        """Whether anything says what types the arguments of the document's gold relations have."""
        arguments = (argument for relation in document.relations or () for argument in relation[:2])
        return document.argument_spans is not None or any(argument.label for argument in arguments)

    def _run(self, level: Level, documents: list[Document], supervised: bool) -> dict[str, Any]:
        return self.head(level, [self._filled(d) for d in documents] if supervised else documents, supervised)

    def _masked(self, level: Level, documents: list[Document]) -> dict[str, Any]:
        """Loss and metrics of the annotated documents; in evaluation the annotations of all, between which
        relations are found."""
        known = [number for number, document in enumerate(documents) if document.argument_spans is not None]
        output: dict[str, Any] = {"loss": level.outputs.new_zeros(())}
        if known:
            rows = rows_of(level, documents, known)
            output = self._run(rows, [documents[number] for number in known], supervised=True)
        if not self.training:
            output["annotations"] = self._run(level, documents, supervised=False)["annotations"]
        return output

    def _filled(self, document: Document) -> Document:
        spans = document.argument_spans
        if getattr(document, self.head.layer) is spans:
            return document
        return document.replace(**{self.head.layer: spans})
