"""Token indexers that need not look at a word twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from threading import Lock

import numpy as np
import torch
from allennlp.data import Token, TokenIndexer, Vocabulary

from hmtl.dataset_readers.fields import TensorTree
from hmtl.dataset_readers.word_ids import WordIds, layout

Counter = dict[str, dict[str, int]]
Lengths = Mapping[str, int]


class WordIndexers:
    """AllenNLP's token indexers, of kinds whose ids for a word depend on the word and the vocabulary alone:
    they are asked once for each distinct word, and sentences are put together from what they said.

    # Parameters

    indexers : by name. `of` tells whether they are of these kinds.
    """

    def __init__(self, indexers: Mapping[str, TokenIndexer]) -> None:
        self.indexers = indexers
        self._layouts = {name: layout(indexer) for name, indexer in indexers.items()}
        self._ids: WordIds | None = None
        self._lengths = lru_cache(maxsize=4096)(self._padding_lengths)
        # threads that predict at once take turns
        self._lock = Lock()

    @classmethod
    def of(cls, indexers: Mapping[str, TokenIndexer]) -> WordIndexers | None:
        """None where one of them is of another kind."""
        return cls(indexers) if all(map(layout, indexers.values())) else None

    def __reduce__(self) -> tuple[type[WordIndexers], tuple[Mapping[str, TokenIndexer]]]:
        # another process looks words up for itself
        return WordIndexers, (self.indexers,)

    def count(self, sentence: Sequence[str], counter: Counter) -> None:
        """Adds what a `TextField` would, in the same order: in the vocabulary it decides between equals."""
        tokens = [Token(word) for word in sentence]
        for indexer in self.indexers.values():
            for token in tokens:
                indexer.count_vocab_items(token, counter)

    def padding_lengths(self, rows: Sequence[Sequence[str]], vocab: Vocabulary) -> Lengths:
        """What `TextField` needs for these sentences, by its names. Raises what AllenNLP's indexers raise."""
        with self._lock:
            ids = self._of(vocab)
            numbers = ids.numbers(list(chain.from_iterable(rows)))
            words = max(map(len, rows), default=0)
            return self._lengths(
                words, *(max(map(table.sizes.__getitem__, numbers), default=0) for table in ids.tables)
            )

    def _padding_lengths(self, words: int, *ids: int) -> Lengths:
        """For so many words, and ids of a word by each indexer."""
        lengths: dict[str, int] = {}
        for (name, indexer), most in zip(self.indexers.items(), ids, strict=True):
            tensor, _, width = self._layouts[name]
            lengths[f"{name}___{tensor}"] = max(words, indexer._token_min_padding_length)
            if width is not None:
                lengths[f"{name}___{width}"] = max(most, indexer._min_padding_length)
        return lengths

    def tensors(self, rows: Sequence[Sequence[str]], lengths: Lengths, vocab: Vocabulary) -> TensorTree:
        """What `TextField` makes of the sentences with these padding lengths."""
        tree: TensorTree = {}
        words = {name: lengths[f"{name}___{tensor}"] for name, (tensor, *_) in self._layouts.items()}
        longest = max([*words.values(), *map(len, rows)], default=0)
        padding = (None,) * longest
        with self._lock:
            ids = self._of(vocab)
            padded = chain.from_iterable([*row, *padding[len(row) :]] for row in rows)
            # (rows, words)
            numbers = np.array(ids.numbers(list(padded)), dtype=np.int64).reshape(-1, longest)
            for (name, (tensor, _, key)), table in zip(self._layouts.items(), ids.tables, strict=True):
                # a number of ids that is no padding length is the same for all words
                width = table.sizes[-1] if key is None else lengths[f"{name}___{key}"]
                found = table.take(numbers[:, : words[name]], width)
                tree[name] = {tensor: torch.from_numpy(found)}
        return tree

    def _of(self, vocab: Vocabulary) -> WordIds:
        if self._ids is None or not self._ids.serve(vocab):
            self._ids = WordIds(self.indexers.values(), vocab)
        return self._ids
