"""Rows of sentences to one long row for each document, and back."""

import torch
from torch import BoolTensor, Tensor
from torch.nn.utils.rnn import pad_sequence

from hmtl.documents import Document


def fold_documents(rows: Tensor, mask: BoolTensor, documents: list[Document]) -> tuple[Tensor, BoolTensor]:
    """`(rows, words, dim)` to `(documents, words of the longest, dim)` and its mask."""
    lengths = [len(document.tokens) for document in documents]
    # one (words, dim) for each document
    words = rows[mask].split(lengths)
    positions = torch.arange(max(lengths), device=rows.device)
    folded_mask = positions < torch.tensor(lengths, device=rows.device).unsqueeze(1)
    return pad_sequence(list(words), batch_first=True), folded_mask


def unfold_documents(folded: Tensor, folded_mask: BoolTensor, mask: BoolTensor) -> Tensor:
    """The inverse: `(documents, words, dim)` to `(rows, words, dim)`, zero at padding."""
    rows = folded.new_zeros(*mask.shape, folded.size(-1))
    rows[mask] = folded[folded_mask]
    return rows
