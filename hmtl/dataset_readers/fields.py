"""Two fields that let a batch be a bag of sentences that remember their documents."""

from collections import defaultdict
from collections.abc import Mapping

import torch
from allennlp.data import Field, Vocabulary
from allennlp.data.fields import TextField

from hmtl.documents import Document

TensorTree = dict[str, dict[str, torch.Tensor]]


class RowsField(Field[TensorTree]):
    """The sentences of one document. Batched, the rows of all documents are concatenated, not padded to a
    third dimension: a batch costs what its sentences cost, however unevenly they fall on its documents.

    Tensors have the shapes of `TextField`, with rows `(sum of sentences, longest sentence, …)` in place of
    the batch.
    """

    def __init__(self, sentences: list[TextField]) -> None:
        self.sentences = sentences
        self._indexed = False

    def count_vocab_items(self, counter: dict[str, dict[str, int]]) -> None:
        for sentence in self.sentences:
            sentence.count_vocab_items(counter)

    def index(self, vocab: Vocabulary) -> None:
        if not self._indexed:
            for sentence in self.sentences:
                sentence.index(vocab)
            self._indexed = True

    def get_padding_lengths(self) -> dict[str, int]:
        longest: dict[str, int] = defaultdict(int)
        for sentence in self.sentences:
            for key, length in sentence.get_padding_lengths().items():
                longest[key] = max(longest[key], length)
        return dict(longest)

    def as_tensor(self, padding_lengths: dict[str, int]) -> TensorTree:
        return _join(torch.stack, [sentence.as_tensor(padding_lengths) for sentence in self.sentences])

    def batch_tensors(self, tensor_list: list[TensorTree]) -> TensorTree:
        return _join(torch.cat, tensor_list)

    def empty_field(self) -> "RowsField":
        return RowsField([])

    def __len__(self) -> int:
        return len(self.sentences)

    def __str__(self) -> str:
        return " ".join(token.text for sentence in self.sentences for token in sentence.tokens)


class DocumentField(Field[Document]):
    """Carries a document to the model, where heads read its annotation, and tells the vocabulary its labels.

    # Parameters

    document : handed on as it is. labels : for each vocabulary namespace the labels that occur in the
        document.
    """

    def __init__(self, document: Document, labels: Mapping[str, list[str]]) -> None:
        self.document = document
        self.labels = labels

    def count_vocab_items(self, counter: dict[str, dict[str, int]]) -> None:
        for namespace, labels in self.labels.items():
            for label in labels:
                counter[namespace][label] += 1

    def get_padding_lengths(self) -> dict[str, int]:
        return {}

    def as_tensor(self, padding_lengths: dict[str, int]) -> Document:
        return self.document

    def batch_tensors(self, tensor_list: list[Document]) -> list[Document]:
        return tensor_list

    def empty_field(self) -> "DocumentField":
        return DocumentField(self.document, {})

    def __str__(self) -> str:
        return self.document.id


def _join(join, trees: list[TensorTree]) -> TensorTree:
    """Applies `stack` or `cat` to the tensors that stand at the same place of each tree."""
    return {
        indexer: {name: join([tree[indexer][name] for tree in trees]) for name in trees[0][indexer]}
        for indexer in trees[0]
    }
