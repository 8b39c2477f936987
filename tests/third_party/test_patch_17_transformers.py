"""Tokenizers and masked words by the transformers of today."""

import pytest
import torch
from allennlp.data import Vocabulary
from allennlp.data.data_loaders.data_collator import LanguageModelingDataCollator
from allennlp.data.tokenizers import PretrainedTransformerTokenizer


@pytest.mark.parametrize("special", [True, False])
@pytest.mark.parametrize("fast", [True, False])
def test_tokens_with_and_without_special_ones(special: bool, fast: bool, bert: str) -> None:
    tokenizer = PretrainedTransformerTokenizer(
        bert, add_special_tokens=special, tokenizer_kwargs={"use_fast": fast}
    )
    words = ["the", "cat", "[UNK]"]
    expected = ["[CLS]", *words, "[SEP]"] if special else words
    assert [token.text for token in tokenizer.tokenize("The cat ran")] == expected
    pair, first, second = tokenizer.intra_word_tokenize_sentence_pair(["the", "cat"], ["sat"])
    assert [token.text for token in pair] == ["[CLS]", "the", "cat", "[SEP]", "sat", "[SEP]"]
    assert (first, second) == ([(1, 1), (2, 2)], [(4, 4)])


def test_a_vocabulary(bert: str) -> None:
    vocabulary = Vocabulary.from_pretrained_transformer(bert, "words")
    assert vocabulary.get_token_index("cat", "words") == 6


def test_masked_words(bert: str) -> None:
    collator = LanguageModelingDataCollator(bert, mlm_probability=0.5)
    words = torch.full((50, 20), 6)
    batch = collator.process_tokens({"source": {"tokens": {"token_ids": words.clone()}}})["source"]["tokens"]
    asked = batch["labels"] != -100
    # Of those asked for, eight of ten are [MASK], one is any word.
    assert 0.4 < asked.float().mean() < 0.6
    assert torch.equal(batch["token_ids"][~asked], words[~asked])
    assert 0.7 < (batch["token_ids"][asked] == 4).float().mean() < 0.9
