"""Word vectors from a file beside the corpora."""

from typing import Any

from allennlp.data import Vocabulary
from allennlp.modules import TokenEmbedder
from allennlp.modules.token_embedders import Embedding

from hmtl.paths import resolve


@TokenEmbedder.register("word_vectors")
class WordVectors(Embedding):
    """AllenNLP's `embedding` (same other parameters), whose file may lie in `$HMTL_DATA`. An archive does not need the file.

    # Parameters

    pretrained_file : in GloVe's text format. A word of the vocabulary that it lacks starts from random numbers of the file's
        mean and deviation.
    """

    def __init__(
        self, embedding_dim: int, vocab: Vocabulary, pretrained_file: str | None = None, **kwargs: Any
    ) -> None:
        file = None if pretrained_file is None else resolve(pretrained_file)
        super().__init__(embedding_dim, vocab=vocab, pretrained_file=file, **kwargs)
