"""Word vectors from a file beside the corpora."""

from typing import Any

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.modules import TokenEmbedder
from allennlp.modules.token_embedders import Embedding
from torch import LongTensor, Tensor

from hmtl.paths import resolve


@TokenEmbedder.register("word_vectors")
class WordVectors(Embedding):
    """AllenNLP's `embedding` (same other parameters), whose file may lie in `$HMTL_DATA`. An archive does
    not need the file.

    # Parameters

    pretrained_file : in GloVe's text format. A word of the vocabulary that it lacks starts from random
        numbers of the file's mean and deviation.
    word_dropout : in training, the probability that a word is read as unknown (Kiperwasser & Goldberg 2016,
        section 5, with one probability for all words): the unknown word's vector is learned and the other
        embedders learn not to lean on this one.
    """

    def __init__(
        self,
        embedding_dim: int,
        vocab: Vocabulary,
        pretrained_file: str | None = None,
        word_dropout: float = 0.0,
        vocab_namespace: str = "tokens",
        **kwargs: Any,
    ) -> None:
        if not 0 <= word_dropout < 1:
            raise ConfigurationError(
                f"model.embedder: word_dropout is {word_dropout}; give a probability below 1"
            )
        file = None if pretrained_file is None else resolve(pretrained_file)
        super().__init__(
            embedding_dim, vocab=vocab, pretrained_file=file, vocab_namespace=vocab_namespace, **kwargs
        )
        self.word_dropout = word_dropout
        self.unknown = vocab.get_token_index(vocab._oov_token, vocab_namespace)

    def forward(self, tokens: LongTensor) -> Tensor:
        """`(rows, words)` to `(rows, words, embedding_dim)`."""
        if self.training and self.word_dropout:
            # padding (0) stays padding
            dropped = (torch.rand(tokens.shape, device=tokens.device) < self.word_dropout) & (tokens != 0)
            tokens = tokens.masked_fill(dropped, self.unknown)
        return super().forward(tokens)
