"""Small backbones and the rows of small documents."""

from collections.abc import Callable, Iterable

import pytest
import torch
from allennlp.common import Params
from torch import BoolTensor, Tensor

from hmtl.backbones import Backbone, HierarchicalBackbone
from hmtl.documents import Document

DIM = 5
TREE = {"ner": None, "emd": "ner", "relation": "emd", "coref": "emd"}


@pytest.fixture
def build() -> Callable[..., HierarchicalBackbone]:
    """`build(TREE, encode="document")`: levels with LSTMs of unlike widths."""

    def run(
        parents: dict[str, str | None] = TREE,
        tasks: Iterable[str] | None = None,
        dropout: float = 0.0,
        **config: object,
    ) -> HierarchicalBackbone:
        levels = {
            name: {
                "encoder": {"type": "lstm", "bidirectional": True, "hidden_size": 2 + number},
                "after": parent,
                "dropout": dropout,
            }
            for number, (name, parent) in enumerate(parents.items())
        }
        params = Params({"type": "hierarchical", "levels": levels, **config})
        return Backbone.from_params(params, input_dim=DIM, tasks=list(tasks or parents))

    return run


@pytest.fixture
def documents() -> list[Document]:
    return [document([3, 1]), document([2]), document([1, 4, 2])]


def document(lengths: list[int]) -> Document:
    ends = [sum(lengths[: i + 1]) - 1 for i in range(len(lengths))]
    sentences = tuple((end - length + 1, end) for end, length in zip(ends, lengths, strict=True))
    return Document("d", tuple(f"w{i}" for i in range(sum(lengths))), sentences)


@pytest.fixture
def rows_of() -> Callable[..., tuple[Tensor, BoolTensor]]:
    """`x, mask = rows_of(documents, padding=2)`: random words `(rows, words, DIM)`, the same for the same
    documents, with other numbers at padding; and their mask."""

    def run(documents: list[Document], padding: int = 0) -> tuple[Tensor, BoolTensor]:
        lengths = torch.tensor(
            [end - start + 1 for document in documents for start, end in document.sentences]
        )
        # (rows, words)
        mask = torch.arange(int(lengths.max()) + padding) < lengths.unsqueeze(1)
        x = torch.randn(*mask.shape, DIM, generator=torch.Generator().manual_seed(2 + padding))
        x[mask] = torch.randn(int(lengths.sum()), DIM, generator=torch.Generator().manual_seed(1))
        return x, mask

    return run
