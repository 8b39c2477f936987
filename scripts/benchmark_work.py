"""The work that `benchmark.py` measures: made-up documents, and a model of the original's sizes on them."""

import json
import random
from pathlib import Path
from typing import Any

from _jsonnet import evaluate_snippet
from allennlp.commands.train import TrainModel
from allennlp.common import Params
from allennlp.common.util import prepare_environment
from allennlp.data import DatasetReader

from hmtl.documents import Document, Relation, Span
from hmtl.formats import Format

VOCABULARY = 700
"""Distinct words, so that the model has the 2.46 million parameters of the original's measurement."""
ENTITIES = tuple(f"E{number}" for number in range(18))  # as many types as OntoNotes
MENTIONS = ("PER", "GPE", "ORG", "FAC", "LOC", "WEA", "VEH")  # those of ACE 2005
RELATIONS = ("ART", "GEN-AFF", "ORG-AFF", "PART-WHOLE", "PER-SOC", "PHYS")
EXPERIMENT = """
local hmtl = import 'lib/hmtl.libsonnet';
local original = import 'lib/original.libsonnet';
local file = std.extVar('folder') + '/%s.jsonl';
original.experiment(['ner', 'emd', 'relation', 'coref_conll']) {
  tasks: [task { data: { format: 'document', train: file % task.name } } for task in super.tasks],
  embedder:: hmtl.embedders.words_and_characters(100),
  backbone+: { encode: std.extVar('encode') },
}
"""


def corpus() -> dict[str, list[Document]]:
    """The batch of each task: 31 sentences of 499 and of 490 words, 4 of 61, and a document of 369."""
    return {
        "ner": sentences(31, 499),
        "emd": sentences(31, 490),
        "relation": sentences(4, 61),
        "coref": [document(369)],
    }


def sentences(count: int, words: int) -> list[Document]:
    """Documents of one sentence each, whose lengths differ by a fifth, as in a bucket of a shuffled corpus,
    and add up to so many words."""
    rng = random.Random(words)
    return [_document(f"s{n}", [length], rng) for n, length in enumerate(_lengths(count, words, 0.2, rng))]


def document(words: int, name: str = "d") -> Document:
    """One document of so many words, about 16 a sentence."""
    rng = random.Random(words)
    return _document(name, _lengths(max(1, round(words / 16)), words, 0.5, rng), rng)


def build(folder: Path, encode: str, configs: Path) -> TrainModel:
    """What `allennlp train` would build for the four tasks on `corpus()`, in this folder. `encode` : whether
    encoders read a `document` as one sequence, as the original does, or each `sentence`, as ours do."""
    for task, documents in corpus().items():
        Format.by_name("document")().write(documents, folder / f"{task}.jsonl")
    config = _config(folder, encode, configs)
    for key in ("validation_data_path", "test_data_path", "evaluate_on_test", "include_in_archive"):
        config.pop(key, None)
    config["trainer"] |= {"tensorboard": False, "cuda_device": -1}
    params = Params(config)
    prepare_environment(params)
    return TrainModel.from_params(params=params, serialization_dir=str(folder / "run"), local_rank=0)


def reader_of(folder: Path, configs: Path) -> DatasetReader:
    """The reader of the same experiment."""
    return DatasetReader.from_params(Params(_config(folder, "sentence", configs)["dataset_reader"]))


def _config(folder: Path, encode: str, configs: Path) -> dict[str, Any]:
    external = {"folder": str(folder), "encode": encode}
    return json.loads(evaluate_snippet(str(configs / "benchmark.jsonnet"), EXPERIMENT, ext_vars=external))


def _lengths(count: int, words: int, spread: float, rng: random.Random) -> list[int]:
    """Lengths that add up to `words` and differ from their mean by the share `spread` at most, or hardly
    more."""
    mean = words / count
    lengths = [max(1, round(rng.uniform(1 - spread, 1 + spread) * mean)) for _ in range(count)]
    while (missing := words - sum(lengths)) != 0:
        chosen = rng.randrange(count)
        lengths[chosen] = max(1, lengths[chosen] + (1 if missing > 0 else -1))
    return lengths


def _document(name: str, lengths: list[int], rng: random.Random) -> Document:
    """Every label of a layer occurs sooner or later; every tenth word or so is in a mention."""
    words = sum(lengths)
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    bounds = [(end - length, end - 1) for end, length in zip(ends, lengths, strict=True)]
    mentions, relations = [], []
    for start, end in bounds:
        own = [Span(at, min(at + rng.randrange(3), at + 4, end)) for at in range(start, end + 1, 5)]
        own = [Span(span.start, span.end, rng.choice(MENTIONS)) for span in own]
        mentions += own
        relations += [Relation(*pair, rng.choice(RELATIONS)) for pair in zip(own[:1], own[1:2], strict=False)]
    clusters: dict[int, list[tuple[int, int]]] = {}
    for span in mentions[::2]:
        clusters.setdefault(rng.randrange(1 + words // 40), []).append(span.bounds)
    return Document(
        id=name,
        tokens=tuple(_word(rng) for _ in range(words)),
        sentences=tuple(bounds),
        entities=tuple(Span(*span.bounds, rng.choice(ENTITIES)) for span in mentions[::2]),
        mentions=tuple(mentions),
        relations=tuple(relations),
        clusters=tuple(tuple(cluster) for cluster in clusters.values() if len(cluster) > 1),
    )


def _word(rng: random.Random) -> str:
    """Frequencies fall as the inverse of the rank (Zipf), and frequent words are short."""
    rank = min(VOCABULARY, int(VOCABULARY ** rng.random()))
    letters = "etaoinshrdlucmfwyp"
    length = 2 + rank.bit_length()
    return "".join(letters[(rank * (place + 3) + rank // (place + 1)) % 18] for place in range(length))
