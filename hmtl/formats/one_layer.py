"""Formats whose typed spans are one layer of the Document: which one, only who uses the corpus knows."""

from __future__ import annotations

from typing import ClassVar

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document, Span
from hmtl.formats.tallied import Tallied


class OneLayer(Tallied):
    """A format with one kind of typed spans.

    # Parameters

    layer : the layer that they are, `entities` or `mentions`.
    """

    other_layers: ClassVar[frozenset[str]] = frozenset()
    """What the format carries besides its spans."""

    def __init__(self, layer: str, max_megabytes: int = 1024) -> None:
        super().__init__(max_megabytes)
        if layer not in ("entities", "mentions"):
            raise ConfigurationError(f"layer: '{layer}' holds no typed spans; choose entities or mentions")
        self.layer = layer
        self.layers = self.other_layers | {layer}

    def spans(self, document: Document) -> tuple[Span, ...]:
        """The document's spans, in order. Raises `FormatError` where it has a layer that is not carried, or a
        relation with an argument that is none of them."""
        self.check_layers(document)
        spans = getattr(document, self.layer) or ()
        known = set(spans)
        for relation in document.relations or ():
            for argument in (relation.head, relation.tail):
                if argument not in known:
                    self.cannot_hold(
                        document, f"an argument {tuple(argument)} that is none of its {self.layer}", "add it"
                    )
        return spans
