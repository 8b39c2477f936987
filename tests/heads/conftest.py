"""Small documents, vocabularies and levels, for the tests of every head."""

from collections.abc import Callable

import pytest
import torch
from allennlp.data import Vocabulary

from hmtl.backbones.level import Level
from hmtl.documents import Document
from hmtl.heads import Head

INPUT_DIM, OUTPUT_DIM = 7, 6


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """`make_document([3, 2], mentions=[(0, 1, "PER")])`: a document with sentences of these lengths, all
    other layers None."""

    def make(lengths: list[int], **layers: object) -> Document:
        ends = [sum(lengths[: i + 1]) - 1 for i in range(len(lengths))]
        sentences = [(end - length + 1, end) for end, length in zip(ends, lengths, strict=True)]
        fields = {"id": "d", "source": "data.txt:7", **layers}
        return Document(tokens=[f"w{i}" for i in range(sum(lengths))], sentences=sentences, **fields)

    return make


@pytest.fixture
def make_vocab() -> Callable[..., Vocabulary]:
    """`make_vocab("ner", ["PER", "ORG"])`."""

    def make(task: str, labels: list[str]) -> Vocabulary:
        vocab = Vocabulary(non_padded_namespaces=[f"*{task}_labels"])
        for label in labels:
            vocab.add_token_to_namespace(label, f"{task}_labels")
        return vocab

    return make


@pytest.fixture
def build_head(make_vocab: Callable[..., Vocabulary]) -> Callable[..., Head]:
    """`build_head(CrfTagger, "ner", ["PER"], encoding="BIO")`, as wide as the levels of `make_level`."""

    def build(head: type[Head], task: str, labels: list[str], **arguments: object) -> Head:
        return head(make_vocab(task, labels), task, INPUT_DIM, OUTPUT_DIM, **arguments)

    return build


@pytest.fixture
def make_level() -> Callable[..., Level]:
    """`make_level(documents, padding=2, requires_grad=True)`: random words, the same for the same documents
    whatever the padding, which is filled with other random numbers."""

    def make(
        documents: list[Document], padding: int = 0, requires_grad: bool = False, seed: int = 1
    ) -> Level:
        lengths = [end - start + 1 for document in documents for start, end in document.sentences]
        mask = torch.arange(max(lengths) + padding).expand(len(lengths), -1) < torch.tensor(
            lengths
        ).unsqueeze(1)
        noise, words = torch.Generator().manual_seed(seed + 1 + padding), torch.Generator().manual_seed(seed)
        tensors = []
        for dim in (INPUT_DIM, OUTPUT_DIM):
            tensor = torch.randn(*mask.shape, dim, generator=noise)
            tensor[mask] = torch.randn(sum(lengths), dim, generator=words)
            tensors.append(tensor.requires_grad_(requires_grad))
        return Level(tensors[0], tensors[1], mask)

    return make
