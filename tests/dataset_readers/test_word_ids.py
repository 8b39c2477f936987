"""Which indexers look at words alone."""

import numpy as np
import pytest
from allennlp.data import TokenIndexer, Vocabulary
from allennlp.data.token_indexers import (
    ELMoTokenCharactersIndexer,
    SingleIdTokenIndexer,
    SpacyTokenIndexer,
    TokenCharactersIndexer,
)
from allennlp.data.tokenizers import CharacterTokenizer

from hmtl.dataset_readers.word_ids import WordIds, layout


class Numbered(SingleIdTokenIndexer):
    """The place of a word in its sentence."""

    def tokens_to_indices(self, tokens, vocabulary):
        return {"tokens": list(range(len(tokens)))}


class Syllables(CharacterTokenizer):
    """May know anything."""


def characters(**options) -> TokenCharactersIndexer:
    return TokenCharactersIndexer(min_padding_length=1, **options)


@pytest.mark.parametrize(
    "indexer",
    [
        Numbered(),
        SingleIdTokenIndexer(feature_name="pos_", namespace="pos_tags", default_value="X"),
        SingleIdTokenIndexer(feature_name="text_id", namespace=None),
        SingleIdTokenIndexer(start_tokens=["<s>"]),
        SingleIdTokenIndexer(end_tokens=["</s>"]),
        SpacyTokenIndexer(),
        characters(start_tokens=["<s>"]),
        characters(character_tokenizer=Syllables()),
        type("Own", (TokenCharactersIndexer,), {})(min_padding_length=1),
        type("Own", (ELMoTokenCharactersIndexer,), {})(),
    ],
)
def test_those_that_may_look_at_more_than_a_word(indexer: TokenIndexer) -> None:
    assert layout(indexer) is None


@pytest.mark.parametrize("indexer", [SingleIdTokenIndexer(), characters(), ELMoTokenCharactersIndexer()])
def test_the_tensor_has_the_indexers_name(indexer: TokenIndexer) -> None:
    assert [layout(indexer).tensor] == list(indexer.get_empty_token_list())


def test_each_word_is_looked_up_once(monkeypatch) -> None:
    asked, vocab = [], Vocabulary(tokens_to_add={"tokens": ["a", "b"]})
    own = SingleIdTokenIndexer.tokens_to_indices
    monkeypatch.setattr(
        SingleIdTokenIndexer,
        "tokens_to_indices",
        lambda self, tokens, vocab: asked.extend(map(str, tokens)) or own(self, tokens, vocab),
    )
    ids = WordIds([SingleIdTokenIndexer()], vocab)
    # more words than there is room for at first
    words = ["a", "b", "a", *map(str, range(5000)), "c"]
    assert ids.numbers(words) == ids.numbers(words)
    assert len(asked) == len(set(asked)) == 5003
    assert ids.tables[0].sizes == [1] * 5004


def test_it_serves_one_vocabulary_as_it_is() -> None:
    vocab = Vocabulary(tokens_to_add={"tokens": ["a"]})
    ids = WordIds([SingleIdTokenIndexer()], vocab)
    ids.numbers(["a", "b"])
    assert ids.serve(vocab) and not ids.serve(Vocabulary(tokens_to_add={"tokens": ["a"]}))
    vocab.add_token_to_namespace("b")
    assert not ids.serve(vocab)


def test_an_interruption_leaves_nothing_behind(monkeypatch) -> None:
    """Whatever has been put when it comes."""
    vocab = Vocabulary(tokens_to_add={"tokens": ["a", "b", "c"], "token_characters": ["a", "b", "c"]})
    ids = WordIds([SingleIdTokenIndexer(), characters()], vocab)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ids.tables[1], "put", lambda *words: (_ for _ in ()).throw(KeyboardInterrupt))
        ids.numbers(["a", "aab"])
    fresh = WordIds([SingleIdTokenIndexer(), characters()], vocab)
    for word in ("c", "cab", "b"):
        numbers = [each.numbers([word]) for each in (ids, fresh)]
        assert numbers[0] == numbers[1]
    places = np.array([[0, 1, 2], [3, 3, 3]])
    for one, other in zip(ids.tables, fresh.tables, strict=True):
        assert one.take(places, 4).tolist() == other.take(places, 4).tolist()
