"""Sentences whose words become tensors a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Field, Vocabulary

from hmtl.dataset_readers.fields import TensorTree
from hmtl.dataset_readers.word_indexers import Counter, Lengths, WordIndexers

Row = Sequence[str]


class WordRowsField(Field[Mapping[str, dict[str, torch.Tensor]]]):
    """`RowsField` for `WordIndexers`: the same counts, padding lengths and tensors. It holds the document's
    words, and no ids of them.

    # Parameters

    words : of a document. sentences : the first and the last word of each.
    """

    __slots__ = ("_lengths", "_vocab", "indexers", "sentences", "words")

    def __init__(self, words: Row, sentences: Sequence[tuple[int, int]], indexers: WordIndexers) -> None:
        self.words, self.sentences, self.indexers = words, sentences, indexers
        self._vocab: Vocabulary | None = None
        self._lengths: Lengths = {}

    def rows(self) -> list[Row]:
        """The words of each sentence."""
        return [self.words[start : end + 1] for start, end in self.sentences]

    def count_vocab_items(self, counter: Counter) -> None:
        for row in self.rows():
            self.indexers.count(row, counter)

    def index(self, vocab: Vocabulary) -> None:
        self._lengths, self._vocab = self.indexers.padding_lengths(self.rows(), vocab), vocab

    def get_padding_lengths(self) -> dict[str, int]:
        if self._vocab is None:
            raise ConfigurationError("the field knows no vocabulary yet; call .index(vocabulary) first")
        return dict(self._lengths)

    def as_tensor(self, padding_lengths: Lengths) -> Mapping[str, dict[str, torch.Tensor]]:
        """Tensors that are made when they are asked for: those of a batch never are one by one."""
        return RowTensors([self], padding_lengths)

    def batch_tensors(self, tensor_list: list[RowTensors]) -> TensorTree:
        fields = [field for tensors in tensor_list for field in tensors.fields]
        return RowTensors(fields, tensor_list[0].padding_lengths).made()

    def empty_field(self) -> WordRowsField:
        return WordRowsField((), (), self.indexers)

    def duplicate(self) -> WordRowsField:
        # what it refers to never changes, and a vocabulary is large
        return copy(self)

    def __len__(self) -> int:
        return len(self.sentences)

    def __str__(self) -> str:
        return " ".join(self.words)


class RowTensors(Mapping[str, dict[str, torch.Tensor]]):
    """The tensors of the sentences of several fields, made when they are looked at."""

    def __init__(self, fields: list[WordRowsField], padding_lengths: Lengths) -> None:
        self.fields, self.padding_lengths = fields, padding_lengths

    def made(self) -> TensorTree:
        first = self.fields[0]
        rows = [row for field in self.fields for row in field.rows()]
        return first.indexers.tensors(rows, self.padding_lengths, first._vocab)

    def __getitem__(self, indexer: str) -> dict[str, torch.Tensor]:
        return self.made()[indexer]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields[0].indexers.indexers)

    def __len__(self) -> int:
        return len(self.fields[0].indexers.indexers)
