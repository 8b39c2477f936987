"""Fields whose batches are bags of sentences."""

import torch
from allennlp.data import Batch, Instance, Vocabulary
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer, TokenCharactersIndexer
from allennlp.data.tokenizers import Token

from hmtl.dataset_readers.fields import DocumentField, RowsField
from hmtl.documents import Document

INDEXERS = {"words": SingleIdTokenIndexer(), "characters": TokenCharactersIndexer(min_padding_length=1)}
DOCUMENTS = [["a bc", "d"], ["a", "bc def a", "a a"], ["d d"]]


def sentence(text: str) -> TextField:
    return TextField([Token(word) for word in text.split()], INDEXERS)


def instances() -> list[Instance]:
    return [Instance({"tokens": RowsField([sentence(text) for text in document])}) for document in DOCUMENTS]


def indexed(instances: list[Instance]) -> Batch:
    batch = Batch(instances)
    batch.index_instances(Vocabulary.from_instances(instances))
    return batch


def test_a_batch_of_documents_is_the_batch_of_their_sentences() -> None:
    rows = indexed(instances()).as_tensor_dict()["tokens"]
    flat = [Instance({"tokens": sentence(text)}) for document in DOCUMENTS for text in document]
    expected = indexed(flat).as_tensor_dict()["tokens"]
    assert rows["words"]["tokens"].shape == (6, 3)
    assert torch.equal(rows["words"]["tokens"], expected["words"]["tokens"])
    assert torch.equal(rows["characters"]["token_characters"], expected["characters"]["token_characters"])


def test_counts_what_its_sentences_count() -> None:
    counted = {
        namespace: dict(words)
        for namespace, words in Vocabulary.from_instances(instances())._token_to_index.items()
    }
    flat = [Instance({"tokens": sentence(text)}) for document in DOCUMENTS for text in document]
    expected = {
        namespace: dict(words) for namespace, words in Vocabulary.from_instances(flat)._token_to_index.items()
    }
    assert counted == expected


def test_length_and_text() -> None:
    field = RowsField([sentence("a bc"), sentence("d")])
    assert len(field) == 2
    assert str(field) == "a bc d"
    assert len(field.empty_field()) == 0


def test_documents_pass_through_in_order_and_are_not_copied() -> None:
    documents = [Document("x", ("a",)), Document("y", ("b",))]
    batch = indexed([Instance({"documents": DocumentField(document, {})}) for document in documents])
    found = batch.as_tensor_dict()["documents"]
    assert found[0] is documents[0] and found[1] is documents[1]


def test_labels_reach_the_vocabulary_without_padding_or_oov() -> None:
    field = DocumentField(Document("x", ("a",)), {"ner_labels": ["PER", "ORG", "PER"]})
    vocab = Vocabulary.from_instances([Instance({"documents": field})])
    assert vocab.get_index_to_token_vocabulary("ner_labels") == {0: "PER", 1: "ORG"}
    assert str(field) == "x"
    assert field.empty_field().labels == {}
