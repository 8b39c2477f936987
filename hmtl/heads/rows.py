"""How the rows of a batch, one sentence each, lie in its documents. Shared by all heads."""

from collections.abc import Iterator

from allennlp.common.checks import ConfigurationError
from torch import BoolTensor, Tensor

from hmtl.documents import Document


def sentence_rows(documents: list[Document]) -> Iterator[tuple[int, int, int, int]]:
    """`(row, document, start, end)` of each sentence: its row in the batch, the index of its document, and its first and last
    token in the document's own count (both inclusive). A token t of the row is token `start + t` of the document."""
    row = 0
    for number, document in enumerate(documents):
        for start, end in document.sentences:
            yield row, number, start, end
            row += 1


def flatten(tensor: Tensor, mask: BoolTensor) -> Tensor:
    """`(rows, tokens, dim)` to `(words, dim)`: the words of all documents in order, without padding."""
    return tensor[mask]


def label_indices(labels: list[str], wanted: str, document: Document, task: str) -> int:
    """The index of a gold label among the labels of a task.

    Raises `ConfigurationError` where it is not among them, as for a label that occurs in no training document.
    """
    try:
        return labels.index(wanted)
    except ValueError:
        raise ConfigurationError(
            f"{document.source or document.id}: label '{wanted}' is not among the labels of task '{task}' "
            f"({', '.join(labels) or 'none'}); train on data that has it, "
            f"or add it to vocabulary.tokens_to_add.{task}_labels"
        ) from None
