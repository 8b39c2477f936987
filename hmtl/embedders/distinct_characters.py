"""Character encodings, computed once for every distinct word of a batch."""

import torch
from allennlp.modules import TokenEmbedder
from allennlp.modules.token_embedders import TokenCharactersEncoder
from torch import LongTensor, Tensor

from hmtl.dropout import dropout
from hmtl.encoders import CharacterCnn


@TokenEmbedder.register("distinct_character_encoding")
class DistinctCharactersEncoder(TokenCharactersEncoder):
    """AllenNLP's `character_encoding` (same parameters, same result) without encoding a word twice, or
    padding at all. On a document of 2,000 words in sentences of uneven length this is a tenth of the work.
    """

    def forward(self, token_characters: LongTensor) -> Tensor:
        """`(rows, words, characters)` to `(rows, words, dim)`."""
        # (distinct words, characters), (rows * words)
        distinct, place = distinct_rows(token_characters.flatten(0, -2))
        vectors = self._encoded(distinct)
        words = vectors.index_select(0, place).view(*token_characters.shape[:-1], -1)
        # AllenNLP has no layer where there is nothing to drop
        return dropout(words, getattr(self._dropout, "p", 0.0), self.training)

    def _encoded(self, words: LongTensor) -> Tensor:
        """`(words, characters)` to `(words, dim)`."""
        embedding, encoder = self._embedding._module, self._encoder._module
        if isinstance(encoder, CharacterCnn):
            alphabet = embedding(torch.arange(embedding.num_embeddings, device=words.device))
            return encoder.of_characters(words, alphabet)
        return encoder(embedding(words), words != 0)


def distinct_rows(rows: LongTensor) -> tuple[LongTensor, LongTensor]:
    """The distinct rows of a matrix, and for each row where it stands among them.

    Rows are told apart by a 64-bit hash, which is far cheaper than sorting them; should two rows ever share
    one, they are sorted after all.
    """
    # odd, so that no power of two divides the products away
    multipliers = _odd_numbers(rows.size(-1)).to(rows.device)
    hashes, place = torch.unique((rows * multipliers).sum(-1), return_inverse=True)
    first = place.new_empty(len(hashes)).scatter_(0, place, torch.arange(len(rows), device=rows.device))
    distinct = rows.index_select(0, first)
    if torch.equal(distinct.index_select(0, place), rows):
        return distinct, place
    return torch.unique(rows, dim=0, return_inverse=True)


def _odd_numbers(count: int) -> LongTensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(-(2**62), 2**62, (count,), generator=generator) * 2 + 1
