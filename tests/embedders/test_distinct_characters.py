"""Equal to AllenNLP's encoder, which encodes every word."""

import pytest
import torch
from allennlp.modules import Embedding
from allennlp.modules.seq2vec_encoders import CnnEncoder
from allennlp.modules.token_embedders import TokenCharactersEncoder
from hypothesis import given
from hypothesis import strategies as st

from hmtl.embedders import distinct_characters
from hmtl.embedders.distinct_characters import DistinctCharactersEncoder, distinct_rows
from hmtl.encoders import CharacterCnn


def encoders() -> tuple[TokenCharactersEncoder, DistinctCharactersEncoder]:
    embedding = Embedding(embedding_dim=4, num_embeddings=5)
    cnn = CnnEncoder(4, 6, (3,))
    return TokenCharactersEncoder(embedding, cnn), DistinctCharactersEncoder(embedding, cnn)


def test_equals_encoding_every_word() -> None:
    slow, fast = encoders()
    characters = torch.randint(0, 5, (7, 9, 3))
    torch.testing.assert_close(fast(characters), slow(characters))


def test_gradients_equal_those_of_encoding_every_word() -> None:
    slow, fast = encoders()
    characters, weights = torch.randint(1, 3, (5, 6, 3)), torch.randn(5, 6, 6)
    parameters = list(slow.parameters())
    expected = torch.autograd.grad((slow(characters) * weights).sum(), parameters)
    found = torch.autograd.grad((fast(characters) * weights).sum(), parameters)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("gradients", [True, False])
def test_by_look_up_where_the_encoder_can(gradients: bool) -> None:
    embedding = Embedding(embedding_dim=4, num_embeddings=5, padding_index=0)
    slow = TokenCharactersEncoder(embedding, CnnEncoder(4, 6, (2, 3)))
    fast = DistinctCharactersEncoder(embedding, CharacterCnn(4, 6, (2, 3)))
    fast.load_state_dict(slow.state_dict())
    lengths = torch.randint(3, 8, (5, 6, 1))
    characters = torch.randint(1, 5, (5, 6, 7)).masked_fill(torch.arange(7) >= lengths, 0)
    weights = torch.randn(5, 6, 12)
    with torch.set_grad_enabled(gradients):
        found, expected = fast(characters), slow(characters)
    torch.testing.assert_close(found, expected)
    if gradients:
        ours = torch.autograd.grad((found * weights).sum(), list(fast.parameters()))
        theirs = torch.autograd.grad((expected * weights).sum(), list(slow.parameters()))
        for one, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(one, other)


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=20))
def test_distinct_rows_are_distinct_and_put_together_again(rows: list[list[int]]) -> None:
    matrix = torch.tensor(rows)
    distinct, place = distinct_rows(matrix)
    assert torch.equal(distinct[place], matrix)
    assert len(distinct) == len({tuple(row) for row in rows})


def test_rows_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        distinct_characters, "_odd_numbers", lambda count: torch.zeros(count, dtype=torch.long)
    )
    matrix = torch.tensor([[1, 2], [2, 1], [1, 2]])
    distinct, place = distinct_rows(matrix)
    assert len(distinct) == 2
    assert torch.equal(distinct[place], matrix)
