"""Sentences to documents and back."""

from collections.abc import Callable

import torch
from torch import BoolTensor, Tensor

from hmtl.backbones.fold import fold_documents, unfold_documents
from hmtl.documents import Document

Rows = Callable[..., tuple[Tensor, BoolTensor]]


def test_a_document_is_its_sentences_end_to_end(documents: list[Document], rows_of: Rows) -> None:
    rows, mask = rows_of(documents, padding=2)
    folded, folded_mask = fold_documents(rows, mask, documents)
    assert folded_mask.sum(1).tolist() == [len(document.tokens) for document in documents]
    row = 0
    for number, document in enumerate(documents):
        words = torch.cat(
            [rows[row + i, : end - start + 1] for i, (start, end) in enumerate(document.sentences)]
        )
        assert torch.equal(folded[number, : len(words)], words)
        assert folded_mask[number].tolist() == [i < len(words) for i in range(folded.size(1))]
        row += len(document.sentences)


def test_unfolding_is_the_inverse(documents: list[Document], rows_of: Rows) -> None:
    rows, mask = rows_of(documents, padding=2)
    back = unfold_documents(*fold_documents(rows, mask, documents), mask)
    assert torch.equal(back, rows.masked_fill(~mask.unsqueeze(-1), 0.0))


def test_gradients_pass_both_ways(documents: list[Document], rows_of: Rows) -> None:
    rows, mask = rows_of(documents)
    rows.requires_grad_()
    weights = torch.randn_like(rows)
    (unfold_documents(*fold_documents(rows, mask, documents), mask) * weights).sum().backward()
    assert torch.equal(rows.grad, weights.masked_fill(~mask.unsqueeze(-1), 0.0))
