"""The vocabulary that training would make, and how often each word stands where."""

import copy
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from allennlp.common import Params
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer

from hmtl.checking.experiment import UNBUILT, Experiment, Task, slip_of
from hmtl.checking.schema import Slip

Counts = dict[str, dict[str, int]]
OFFLINE = "model_name"
"""Indexers with this argument ask a model hub for their words."""


class Words:
    """What the vocabulary is made of: the splits that `datasets_for_vocab_creation` names, of all tasks.

    # Parameters

    experiment : whose data have been read. Why there is no vocabulary, if so, `fault` tells.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.fault: Slip | None = None
        self.counts: dict[str, dict[str, Counter[str]]] = {
            task.name: {split: _count(task, split) for split in task.corpora}
            for task in experiment.tasks.values()
        }

    @property
    def splits(self) -> list[str]:
        """Those that make the vocabulary."""
        named = self.experiment.config.get("datasets_for_vocab_creation")
        return list(named) if isinstance(named, list) else ["train", "validation", "test"]

    @cached_property
    def indexers(self) -> dict[str, TokenIndexer]:
        """Those that know their words without a download."""
        stated = self.experiment.section("dataset_reader.token_indexers")
        found = {}
        for name, params in stated.items():
            node = self.experiment.nodes.get(f"dataset_reader.token_indexers.{name}")
            if node and OFFLINE not in node.parameters:
                try:
                    found[name] = TokenIndexer.from_params(_params(params))
                except UNBUILT:
                    continue  # the walk over the config has told why
        return found

    @property
    def namespaces(self) -> dict[str, bool]:
        """Of whole words, and whether these are lower-cased."""
        single = (indexer for indexer in self.indexers.values() if isinstance(indexer, SingleIdTokenIndexer))
        return {indexer.namespace: indexer.lowercase_tokens for indexer in single if indexer.namespace}

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """As training makes it from these data; None where it cannot."""
        counter: Counts = defaultdict(lambda: defaultdict(int))
        total: Counter[str] = Counter()
        for task in self.experiment.tasks.values():
            for split in self.splits:
                total.update(self.counts[task.name].get(split, {}))
                _count_labels(task, split, counter)
        self._count_words(total, counter)
        stated = Params(copy.deepcopy(self.experiment.section("vocabulary")))
        try:
            return Vocabulary.from_params(stated, instances=[_Counted(counter)])
        except UNBUILT as fault:
            self.fault = slip_of(fault, "vocabulary")
            return None

    def _count_words(self, total: Counter[str], counter: Counts) -> None:
        for word, times in total.items():
            once: Counts = defaultdict(lambda: defaultdict(int))
            for indexer in self.indexers.values():
                indexer.count_vocab_items(Token(word), once)
            for namespace, items in once.items():
                for item, number in items.items():
                    counter[namespace][item] += times * number

    def known(self, namespace: str) -> set[str]:
        """The words of a namespace that have a number of their own."""
        vocabulary = self.vocabulary
        if vocabulary is None or namespace not in vocabulary.get_namespaces():
            return set()
        return set(vocabulary.get_token_to_index_vocabulary(namespace))


class _Counted:
    """Stands for all instances."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def count_vocab_items(self, counter: Counts) -> None:
        for namespace, items in self.counts.items():
            for item, number in items.items():
                counter[namespace][item] += number


def _params(value: Any) -> Params:
    return Params({"type": value} if isinstance(value, str) else copy.deepcopy(value))


def _count(task: Task, split: str) -> Counter[str]:
    return Counter(word for document in task.documents(split) for word in document.tokens)


def _count_labels(task: Task, split: str, counter: Counts) -> None:
    for namespace, label in labels_of(task, split):
        counter[namespace][label] += 1


def labels_of(task: Task, split: str) -> Iterable[tuple[str, str]]:
    """Each label of each document with its vocabulary namespace."""
    if task.reader is not None:
        for document in task.documents(split):
            for namespace, labels in task.reader.labels(document).items():
                yield from ((namespace, label) for label in labels)
