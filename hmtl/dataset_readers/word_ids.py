"""The ids of words, looked up once for every distinct word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count
from typing import NamedTuple

import numpy as np
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.token_indexers import (
    ELMoTokenCharactersIndexer,
    SingleIdTokenIndexer,
    TokenCharactersIndexer,
)
from allennlp.data.tokenizers import CharacterTokenizer

WORDS, IDS = 1 << 17, 1 << 21
"""Where there are so many words, or ids of one indexer, all are forgotten: some 50 MB."""


class Layout(NamedTuple):
    """How an indexer gives ids: the name of its tensor, whether a word has several, and the name of their
    number among the padding lengths, if that varies."""

    tensor: str
    nested: bool = False
    width: str | None = None


def layout(indexer: TokenIndexer) -> Layout | None:
    """None for an indexer whose ids for a word may depend on more than the word and the vocabulary. A
    subclass may do anything."""
    kind = type(indexer)
    if kind is ELMoTokenCharactersIndexer:
        return Layout("elmo_tokens", nested=True)
    if getattr(indexer, "_start_tokens", None) or getattr(indexer, "_end_tokens", None):
        return None
    if kind is SingleIdTokenIndexer and indexer._feature_name == "text" and indexer.namespace is not None:
        return Layout("tokens")
    if kind is TokenCharactersIndexer and type(indexer._character_tokenizer) is CharacterTokenizer:
        return Layout("token_characters", nested=True, width="num_token_characters")
    return None


class IdTable:
    """What one indexer gives words, by their numbers. Number 0 is padding, whose only id is 0."""

    def __init__(self, indexer: TokenIndexer, layout: Layout) -> None:
        self.indexer, self.layout = indexer, layout
        # of each number
        self.sizes: list[int] = []
        self._ids = np.zeros(1024, dtype=np.int64)
        # the ids of number n are those from bounds[n] to bounds[n + 1]
        self._bounds = np.zeros(1024, dtype=np.int64)
        self.put(0, [[0]])

    def look_up(self, words: Sequence[str], vocab: Vocabulary) -> list[Sequence[int]]:
        """The ids of each word. Raises what AllenNLP does."""
        found = self.indexer.tokens_to_indices([Token(word) for word in words], vocab)[self.layout.tensor]
        return found if self.layout.nested else [[id] for id in found]

    def put(self, first: int, rows: Sequence[Sequence[int]]) -> int:
        """The ids of the numbers from `first` on. Returns how many ids there are now."""
        start, sizes = int(self._bounds[first]), [len(row) for row in rows]
        self._ids = _put(self._ids, start, list(chain.from_iterable(rows)))
        self._bounds = _put(self._bounds, first + 1, start + np.cumsum(sizes))
        self.sizes[first:] = sizes
        return start + sum(sizes)

    def take(self, numbers: np.ndarray, width: int) -> np.ndarray:
        """`(rows, words)` to what the indexer's tensor holds of them: `(rows, words)` or, with several ids a
        word, `(rows, words, width)`, cut or padded with 0."""
        if not self.layout.nested:
            # the id of number n stands at n
            return self._ids[numbers]
        # (rows, words, width)
        places = self._bounds[numbers][..., None] + np.arange(width)
        return np.where(places < self._bounds[numbers + 1][..., None], self._ids.take(places, mode="clip"), 0)


class WordIds:
    """What several indexers give the words of one vocabulary."""

    def __init__(self, indexers: Iterable[TokenIndexer], vocab: Vocabulary) -> None:
        self.tables = [IdTable(indexer, layout(indexer)) for indexer in indexers]
        self._vocab, self._size = vocab, _size(vocab)
        self._numbers: dict[str | None, int] = {None: 0}
        self._most = 0

    def serve(self, vocab: Vocabulary) -> bool:
        """Whether these are ids of this vocabulary as it is now, and not too many."""
        is_full = len(self._numbers) > WORDS or self._most > IDS
        return vocab is self._vocab and _size(vocab) == self._size and not is_full

    def numbers(self, words: Sequence[str | None]) -> list[int]:
        """Of each word; None is padding. Raises what AllenNLP's indexers do."""
        try:
            return list(map(self._numbers.__getitem__, words))
        except KeyError:
            self._learn([word for word in dict.fromkeys(words) if word not in self._numbers])
        return self.numbers(words)

    def _learn(self, words: Sequence[str]) -> None:
        found = [table.look_up(words, self._vocab) for table in self.tables]
        # a word is known when it has its number: where this is interrupted, the same places are filled again
        first = len(self._numbers)
        self._most = max(table.put(first, rows) for table, rows in zip(self.tables, found, strict=True))
        self._numbers.update(zip(words, count(first), strict=False))


def _put(array: np.ndarray, start: int, values: Sequence[int] | np.ndarray) -> np.ndarray:
    """The array with these values; a longer one where they do not fit."""
    end = start + len(values)
    if end > len(array):
        array = np.concatenate([array, np.zeros(max(end - len(array), len(array)), dtype=array.dtype)])
    array[start:end] = values
    return array


def _size(vocab: Vocabulary) -> int:
    return sum(map(vocab.get_vocab_size, vocab.get_namespaces()))
