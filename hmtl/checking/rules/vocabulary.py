"""Words that the model will not know."""

from collections.abc import Iterator
from pathlib import Path

from allennlp.common.checks import ConfigurationError
from allennlp.common.tqdm import Tqdm

from hmtl.checking.finding import SHOWN, Finding, error, note, share, warning
from hmtl.checking.rule import Study, rule
from hmtl.checking.schema import Node
from hmtl.formats import FormatError
from hmtl.formats.files import text_file
from hmtl.paths import resolve

MANY = 0.2
"""The share of unknown words from which on it is a warning."""
LARGEST = 1 << 35


@rule("study")
def unknown_words(study: Study) -> Iterator[Finding]:
    """Words of validation and test data that the vocabulary lacks, under its `min_count`."""
    for namespace, lowercase in study.words.namespaces.items():
        known = study.words.known(namespace)
        for task, counts in study.words.counts.items() if study.words.vocabulary else ():
            for split, words in counts.items():
                unknown = {
                    word: n for word, n in words.items() if (word.lower() if lowercase else word) not in known
                }
                total = sum(words.values())
                if not unknown or split == "train":
                    continue
                lost, often = sum(unknown.values()), sorted(unknown.items(), key=lambda item: -item[1])
                amount = (
                    f"{share(lost, total)} of the words, {share(len(unknown), len(words))} of the different"
                )
                severity = "warning" if lost / total >= MANY else "note"
                mend = "lower vocabulary.min_count, add pretrained vectors, or read characters too"
                places = tuple(f"“{word}” {times}×" for word, times in often[:SHOWN])
                about = {"amount": amount, "count": lost, "task": task, "split": split}
                yield Finding(severity, f"are unknown in '{namespace}'", mend, places, **about)


@rule("study")
def word_vectors(study: Study) -> Iterator[Finding]:
    """How much of the vocabulary a file of pretrained vectors covers, and whether it has their width."""
    for node in study.experiment.nodes.values():
        file, dim = node.given.get("pretrained_file"), node.value("embedding_dim")
        known = study.words.known(str(node.value("vocab_namespace")))
        if isinstance(file, str) and known:
            try:
                covered, width = _covered(resolve(file), known)
            except (ConfigurationError, OSError):
                continue  # `missing_files` has told, or training will
            key = f"{node.key}.pretrained_file"
            if width not in (None, dim):
                yield error(
                    f"its vectors have {width} numbers, and embedding_dim is {dim}",
                    f"set embedding_dim to {width}",
                    key,
                )
            yield _coverage(node, key, len(covered), len(known))


def _coverage(node: Node, key: str, covered: int, known: int) -> Finding:
    cause = f"covers {covered:,} of {known:,} words of the vocabulary ({share(covered, known)})"
    kind = warning if covered < known / 2 else note
    return kind(cause, "the others start from random numbers; check the case and the tokenisation", key)


def _covered(path: str, known: set[str]) -> tuple[set[str], int | None]:
    """The words that a file in GloVe's format has, and how many numbers each."""
    if not Path(path).is_file():
        raise FormatError(f"{path}: no such file")
    covered, width = set(), None
    lines = (line for _, line in text_file(Path(path), Path(path), LARGEST).lines)
    for line in Tqdm.tqdm(lines, desc="reading vectors", unit=" words"):
        word, _, numbers = line.partition(" ")
        if width is None and len(numbers.split()) > 1:  # a first line of two counts is no vector
            width = len(numbers.split())
        if word in known:
            covered.add(word)
    return covered, width
