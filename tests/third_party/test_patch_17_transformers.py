"""Tokenizers and masked words by the transformers of today."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from allennlp.common import cached_transformers
from allennlp.common.checks import ConfigurationError
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


@pytest.mark.parametrize(
    "load", [lambda name: cached_transformers.get(name, True), cached_transformers.get_tokenizer]
)
@pytest.mark.parametrize("kind", ["missing", "empty", "broken"])
def test_what_cannot_be_loaded_is_named_in_one_line(
    load: Callable[[str], object], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a name that is no folder is looked for on a hub, which no test may ask
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    folder = tmp_path / "model"
    if kind != "missing":
        folder.mkdir()
    if kind == "broken":
        (folder / "config.json").write_text("{")
    with pytest.raises(ConfigurationError) as raised:
        load(str(folder))
    assert str(raised.value).startswith(f"the transformer '{folder}' cannot be loaded (")
    assert "\n" not in str(raised.value)
