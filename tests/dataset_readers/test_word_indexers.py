"""Indexers that are asked once for a word, whoever asks them."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
from allennlp.data import Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer, TokenCharactersIndexer
from small_run import same

from hmtl.dataset_readers.ner import NerReader
from hmtl.dataset_readers.word_indexers import WordIndexers
from hmtl.dataset_readers.word_rows import WordRowsField
from hmtl.formats import Jsonl

INDEXERS = {"words": SingleIdTokenIndexer(), "characters": TokenCharactersIndexer(min_padding_length=1)}
LENGTHS = {"words___tokens": 40, "characters___token_characters": 40, "characters___num_token_characters": 5}


def test_one_that_looks_at_more_than_a_word_leaves_all_to_allennlp() -> None:
    tags = SingleIdTokenIndexer(feature_name="tag_", default_value="X")
    assert WordIndexers.of(INDEXERS) is not None
    assert WordIndexers.of({**INDEXERS, "tags": tags}) is None


@pytest.mark.parametrize("tagged", [False, True])
def test_a_reader_makes_its_rows_by_what_its_indexers_are(tagged, path) -> None:
    tags = SingleIdTokenIndexer(feature_name="tag_", namespace="tags", default_value="X")
    reader = NerReader(Jsonl(), token_indexers={**INDEXERS, **({"tags": tags} if tagged else {})})
    instance = next(reader.read(path))
    instance.index_fields(Vocabulary.from_instances([instance]))
    assert isinstance(instance["tokens"], WordRowsField) is not tagged
    assert set(instance["tokens"].as_tensor(instance["tokens"].get_padding_lengths())) == {
        *reader.token_indexers
    }


def test_threads_get_what_each_gets_alone() -> None:
    vocabs = [Vocabulary(tokens_to_add={"tokens": [str(n), "1", "2"]}) for n in range(2)]
    work = [([[str(n + m) for m in range(n % 40)] or ["x"]], LENGTHS, vocabs[n % 2]) for n in range(300)]
    shared = WordIndexers(INDEXERS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda job: shared.tensors(*job), work))
    assert all(
        same(tree, WordIndexers(INDEXERS).tensors(*job)) for tree, job in zip(found, work, strict=True)
    )


def test_a_copy_knows_no_words_yet() -> None:
    shared, vocab = WordIndexers(INDEXERS), Vocabulary(tokens_to_add={"tokens": ["a"]})
    before = shared.tensors([["a", "b"]], LENGTHS, vocab)
    copied = copy.deepcopy(shared)
    assert copied.indexers == shared.indexers and copied._ids is None
    assert same(copied.tensors([["a", "b"]], LENGTHS, vocab), before)
