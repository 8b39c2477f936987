"""Sentences as tensors, against AllenNLP's own way."""

import copy
import pickle
from collections import defaultdict

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Field, Instance, Token, TokenIndexer, Vocabulary
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import (
    ELMoTokenCharactersIndexer,
    SingleIdTokenIndexer,
    TokenCharactersIndexer,
)
from allennlp.data.tokenizers import CharacterTokenizer
from hypothesis import given
from hypothesis import strategies as st
from small_run import same
from strategies import ANY_TEXT, documents

from hmtl.dataset_readers import word_ids
from hmtl.dataset_readers.fields import RowsField
from hmtl.dataset_readers.word_indexers import WordIndexers
from hmtl.dataset_readers.word_rows import WordRowsField
from hmtl.documents import Document
from hmtl.vocabulary import ExtendedVocabulary

INDEXERS = {
    "words": SingleIdTokenIndexer(lowercase_tokens=True),
    "cased": SingleIdTokenIndexer(namespace="cased", token_min_padding_length=4),
    "characters": TokenCharactersIndexer(
        min_padding_length=3,
        character_tokenizer=CharacterTokenizer(start_tokens=["<w>"], end_tokens=["</w>"]),
    ),
    "lower": TokenCharactersIndexer(
        namespace="tokens",
        min_padding_length=1,
        token_min_padding_length=5,
        character_tokenizer=CharacterTokenizer(lowercase_characters=True),
    ),
    "bytes": TokenCharactersIndexer(
        min_padding_length=1, character_tokenizer=CharacterTokenizer(byte_encoding="utf-8", end_tokens=[259])
    ),
    "elmo": ELMoTokenCharactersIndexer(tokens_to_add={"a": 1}),
}
# some that recur, in upper and lower case, of one letter, longer than any other, and anything else
WORDS = st.sampled_from(["a", "A", "ab", "Ab", "é", "İ", "👍🏽", "漢字", "x" * 300, "<S>"]) | ANY_TEXT
CORPUS = st.lists(documents((), WORDS), min_size=1, max_size=3)
SOME = st.lists(st.sampled_from(list(INDEXERS)), min_size=1, unique=True).map(
    lambda names: {name: INDEXERS[name] for name in names}
)


def theirs(document: Document, indexers: dict[str, TokenIndexer]) -> Field:
    rows = [document.tokens[start : end + 1] for start, end in document.sentences]
    return RowsField([TextField([Token(word) for word in row], indexers) for row in rows])


def both(corpus: list[Document], indexers: dict[str, TokenIndexer]) -> tuple[list[Instance], list[Instance]]:
    shared = WordIndexers.of(indexers)
    fields = [WordRowsField(document.tokens, document.sentences, shared) for document in corpus]
    return (
        [Instance({"tokens": field}) for field in fields],
        [Instance({"tokens": theirs(document, indexers)}) for document in corpus],
    )


def check(ours: list[Instance], others: list[Instance], vocab: Vocabulary) -> None:
    batch, other = Batch(ours), Batch(others)
    batch.index_instances(vocab)
    other.index_instances(vocab)
    assert batch.get_padding_lengths() == other.get_padding_lengths()
    found, wanted = batch.as_tensor_dict(), other.as_tensor_dict()
    assert same(found, wanted)
    assert all(t.is_contiguous() for tensors in found["tokens"].values() for t in tensors.values())


@given(CORPUS, CORPUS, SOME)
def test_tensors_are_those_of_text_fields(seen, unseen, indexers) -> None:
    vocab = Vocabulary.from_instances(both(seen, indexers)[1], max_vocab_size=6)
    ours, others = both([*seen, *unseen], indexers)
    check(ours, others, vocab)
    # another batch of the same, whose words are known by now
    check(ours[1:] or ours, others[1:] or others, vocab)


@given(CORPUS, CORPUS, SOME)
def test_words_that_come_to_a_vocabulary_are_looked_up_anew(seen, added, indexers) -> None:
    vocab = Vocabulary.from_instances(both(seen, indexers)[1])
    ours, others = both(added, indexers)
    check(ours, others, vocab)
    vocab.extend_from_instances(others)
    # the same words, in fields that are to be indexed
    check([instance.duplicate() for instance in unindexed(ours)], unindexed(others), vocab)
    check(unindexed(ours), unindexed(others), Vocabulary.from_instances(others, max_vocab_size=6))


def unindexed(instances: list[Instance]) -> list[Instance]:
    fields = [copy.copy(instance["tokens"]) for instance in instances]
    for field in fields:
        if isinstance(field, RowsField):
            field._indexed = False
    return [Instance({"tokens": field}) for field in fields]


def test_an_extended_vocabulary(small_archive) -> None:
    corpus = [Document("x", ("Ada", "quizzed", "Bo"), ((0, 1), (2, 2))), Document("y", ("Quizzed",))]
    indexers = {"words": INDEXERS["words"]}
    ours, others = both(corpus, indexers)
    vocab = ExtendedVocabulary.from_archive_and_instances(ours, str(small_archive))
    assert vocab == ExtendedVocabulary.from_archive_and_instances(others, str(small_archive))
    known = Vocabulary.from_files(str(small_archive / "vocabulary"))
    assert vocab.get_vocab_size() > known.get_vocab_size()
    check(*both(corpus, indexers), known)
    check(ours, others, vocab)


@given(CORPUS, SOME)
def test_counts_are_those_of_text_fields_in_their_order(corpus, indexers) -> None:
    counted = []
    for instances in both(corpus, indexers):
        counter = defaultdict(lambda: defaultdict(int))
        for instance in instances:
            instance.count_vocab_items(counter)
        counted.append([(namespace, list(items.items())) for namespace, items in counter.items()])
    assert counted[0] == counted[1]
    ours, others = map(Vocabulary.from_instances, both(corpus, indexers))
    assert ours == others


@given(CORPUS, SOME)
def test_what_is_forgotten_is_looked_up_again(corpus, indexers) -> None:
    ours, others = both(corpus, indexers)
    vocab = Vocabulary.from_instances(others)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_ids, "WORDS", 1)
        check(ours, others, vocab)
        patch.setattr(word_ids, "WORDS", 1000)
        patch.setattr(word_ids, "IDS", 1)
        check(ours[::-1], others[::-1], vocab)


@given(documents((), WORDS), st.integers(1, 8), st.integers(1, 8))
def test_a_single_field_padded_or_cut_to_any_length(document, words, characters) -> None:
    indexers = {name: INDEXERS[name] for name in ("words", "characters")}
    (ours,), (other,) = both([document], indexers)
    vocab = Vocabulary.from_instances([other])
    ours.index_fields(vocab)
    other.index_fields(vocab)
    for lengths in (ours["tokens"].get_padding_lengths(), other["tokens"].get_padding_lengths()):
        lengths = {**lengths, "words___tokens": words, "characters___num_token_characters": characters}
        found = ours["tokens"].as_tensor(lengths)
        assert same({**found}, other["tokens"].as_tensor(lengths)) and len(found) == 2


def test_length_text_and_copies() -> None:
    (ours,), (other,) = both([Document("x", ("a", "bc", "d"), ((0, 1), (2, 2)))], INDEXERS)
    field, vocab = ours["tokens"], Vocabulary.from_instances([other])
    assert str(field) == str(other["tokens"]) == "a bc d" and str(ours) == str(other)
    assert len(field) == 2 and len(field.empty_field()) == 0
    with pytest.raises(ConfigurationError, match="call .index"):
        field.get_padding_lengths()
    ours.index_fields(vocab)
    for copied in (ours.duplicate(), copy.deepcopy(ours)):
        assert same(Batch([copied, ours]).as_tensor_dict(), Batch([ours, ours]).as_tensor_dict())


def test_a_field_holds_no_ids() -> None:
    """Nothing of its own grows with its words."""
    sizes = []
    for words in (1, 10_000):
        field = WordRowsField(("a",) * words, ((0, words - 1),), WordIndexers.of(INDEXERS))
        field.index(Vocabulary.empty())
        own = [getattr(field, name) for name in ("_lengths", "_vocab")]
        sizes.append(len(pickle.dumps(own)))
    assert abs(sizes[0] - sizes[1]) < 50


def test_a_word_that_the_vocabulary_cannot_take_fails_as_in_a_text_field() -> None:
    vocab = Vocabulary(non_padded_namespaces=["tokens"], counter={"tokens": {"a": 1}})
    (ours,), (other,) = both([Document("x", ("a", "b"))], {"words": SingleIdTokenIndexer()})
    messages = []
    for instance in (ours, other):
        with pytest.raises(KeyError, match="'b' not found") as error:
            instance.index_fields(vocab)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    # and what it can take goes on as before
    check(*both([Document("x", ("a",))], {"words": SingleIdTokenIndexer()}), vocab)
    assert torch.equal(
        WordIndexers.of({"w": SingleIdTokenIndexer()}).tensors([["a"]], {"w___tokens": 2}, vocab)["w"][
            "tokens"
        ],
        torch.tensor([[0, 0]]),
    )
