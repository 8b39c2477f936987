"""Word vectors from a file in the data folder."""

from pathlib import Path

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.modules import TokenEmbedder

from hmtl.embedders import WordVectors


@pytest.fixture
def vocab() -> Vocabulary:
    return Vocabulary({"tokens": {"sea": 2, "ship": 1}})


def build(vocab: Vocabulary, **config: object) -> WordVectors:
    params = Params({"type": "word_vectors", "embedding_dim": 2, "vocab_namespace": "tokens", **config})
    return TokenEmbedder.from_params(params, vocab=vocab)


def test_reads_the_file_in_the_data_folder(
    vocab: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vectors.txt").write_text("ship 1.5 -2\nland 0 1\n")
    monkeypatch.setenv("HMTL_DATA", str(tmp_path))
    built = build(vocab, pretrained_file="$HMTL_DATA/vectors.txt", trainable=False)
    assert built(torch.tensor([vocab.get_token_index("ship")])).tolist() == [[1.5, -2.0]]
    assert built(torch.tensor([vocab.get_token_index("sea")])).abs().sum() > 0
    assert not built.weight.requires_grad


def test_without_file_it_is_an_embedding_of_the_vocabulary(vocab: Vocabulary) -> None:
    assert build(vocab).weight.shape == (4, 2)


def test_data_folder_is_not_known(vocab: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMTL_DATA", raising=False)
    with pytest.raises(ConfigurationError, match="the environment variable HMTL_DATA is not set"):
        build(vocab, pretrained_file="$HMTL_DATA/vectors.txt")
