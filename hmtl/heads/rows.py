"""How the rows of a batch, one sentence each, lie in its documents. Shared by all heads."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from allennlp.common.checks import ConfigurationError
from torch import BoolTensor, Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document, Span

SPAN_LAYERS = ("entities", "mentions")


class RowSpan(NamedTuple):
    """A gold span in the tokens of its row, and as its document has it."""

    row: int
    start: int
    end: int
    span: Span


def sentence_rows(documents: Iterable[Document]) -> Iterator[tuple[int, int, int, int]]:
    """`(row, document, start, end)` of each sentence: its row in the batch, the index of its document, and
    its first and last token in the document's own count (both inclusive). A token t of the row is token
    `start + t` of the document."""
    row = 0
    for number, document in enumerate(documents):
        for start, end in document.sentences:
            yield row, number, start, end
            row += 1


def rows_of(level: Level, documents: Sequence[Document], numbers: Iterable[int]) -> Level:
    """The part of a level that belongs to the documents of these numbers, in ascending order."""
    wanted = set(numbers)
    # (rows of those documents,)
    rows = [row for row, number, _, _ in sentence_rows(documents) if number in wanted]
    return Level(level.inputs[rows], level.outputs[rows], level.mask[rows])


def flatten(tensor: Tensor, mask: BoolTensor) -> Tensor:
    """`(rows, tokens, dim)` to `(words, dim)`: the words of all documents in order, without padding."""
    return tensor.flatten(0, 1).index_select(0, mask.flatten().nonzero().squeeze(1))


def label_indices(labels: list[str], wanted: str, document: Document, task: str) -> int:
    """The index of a gold label among the labels of a task.

    Raises `ConfigurationError` where it is not among them, as for a label that occurs in no training
    document.
    """
    try:
        return labels.index(wanted)
    except ValueError:
        raise ConfigurationError(
            f"{document.source or document.id}: label '{wanted}' is not among the labels of task '{task}' "
            f"({', '.join(labels) or 'none'}); train on data that has it, "
            f"or add it to vocabulary.tokens_to_add.{task}_labels"
        ) from None


def check_layer(layer: str, task: str) -> str:
    """The name of a layer of spans. Raises `ConfigurationError` for any other."""
    if layer not in SPAN_LAYERS:
        raise ConfigurationError(
            f"model.heads.{task}.layer: '{layer}' is unknown; choose {' or '.join(SPAN_LAYERS)}"
        )
    return layer


def gold_layer(document: Document, layer: str, task: str) -> tuple[Any, ...]:
    """The annotation of a layer. Raises `ConfigurationError` where the document is not annotated with it."""
    gold = getattr(document, layer)
    if gold is None:
        raise ConfigurationError(
            f"{document.source or document.id}: the document has no layer '{layer}', which task '{task}' "
            "learns from; annotate it (an empty layer will do), or take the file out of the task's data"
        )
    return gold


def gold_spans(
    documents: list[Document], layer: str, task: str
) -> Iterator[tuple[Document, list[RowSpan], int]]:
    """For each document the spans of `layer` that lie within one row, and how many cross a sentence's end.

    Raises `ConfigurationError` where a document is not annotated with that layer.
    """
    first_row = 0
    for document in documents:
        spans = gold_layer(document, layer, task)
        starts = [start for start, _ in document.sentences]
        placed = []
        for span in spans:
            sentence = bisect_right(starts, span.start) - 1
            begin, end = document.sentences[sentence]
            if span.end <= end:
                placed.append(RowSpan(first_row + sentence, span.start - begin, span.end - begin, span))
        yield document, placed, len(spans) - len(placed)
        first_row += len(starts)


def document_spans(
    found: Iterable[tuple[int, int, int, str]], documents: list[Document]
) -> list[tuple[Span, ...]]:
    """Spans found in rows, `(row, start, end, label)`, as sorted spans of each document."""
    places = [(number, start) for _, number, start, _ in sentence_rows(documents)]
    spans: list[list[Span]] = [[] for _ in documents]
    for row, start, end, label in found:
        number, offset = places[row]
        spans[number].append(Span(offset + start, offset + end, label))
    return [tuple(sorted(each)) for each in spans]
