"""A corpus of a few documents, and runs on it that are small enough for a test."""

import copy
import json
from pathlib import Path
from typing import Any

import torch
from _jsonnet import evaluate_snippet
from allennlp.commands.train import TrainModel
from allennlp.common import Params
from allennlp.common.util import prepare_environment

ROOT = Path(__file__).parents[1]

EXPERIMENT = """
local hmtl = import 'lib/hmtl.libsonnet';
local corpus = std.extVar('corpus');
local small = {
  data: hmtl.files('jsonl', corpus + '/train.jsonl', corpus + '/dev.jsonl', corpus + '/dev.jsonl'),
  encoder: hmtl.lstm(6, 1),
  batch: { batch_size: 8 },
};
local known = {
  ner: hmtl.ner + small,
  emd: hmtl.emd + small { after: 'ner', head+: { nested: 'outermost' } },
  relation: hmtl.relation + small { after: 'emd', head+: { hidden_dim: 6 } },
  coref: hmtl.coref + small { after: 'emd', batch: { batch_size: 2 }, head+: { hidden_dim: 6, feature_dim: 4
  } },
};
hmtl.experiment {
  tasks: [known[name] for name in std.split(std.extVar('tasks'), ' ')],
  embedder: hmtl.%s,
  dropout: 0.2,
  epochs: 2,
}
"""


def write_corpus(folder: Path) -> Path:
    """Four documents to train on, and of these two to validate on, so that no label is new. Returns the
    folder."""
    lines = (ROOT / "corpus" / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:4]
    (folder / "train.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "dev.jsonl").write_text("".join(lines[1:3]), encoding="utf-8")
    return folder


def config_of(
    corpus: Path, names: str = "ner emd", words: str = "embedders.words(8)", **trainer: Any
) -> dict[str, Any]:
    """The config of a run on `write_corpus`, with these settings of the trainer in place of the experiment's
    own. `words` : how they are embedded."""
    path = str(ROOT / "configs" / "small.jsonnet")
    external = {"corpus": str(corpus), "tasks": names}
    config = json.loads(evaluate_snippet(path, EXPERIMENT % words, ext_vars=external))
    config["trainer"] |= {"tensorboard": False, "cuda_device": -1} | trainer
    return config


def build(config: dict[str, Any], directory: Path, local_rank: int = 0) -> TrainModel:
    """What `allennlp train` builds; `.run()` trains."""
    params = Params(copy.deepcopy(config))
    params.pop("include_in_archive", None)
    prepare_environment(params)
    return TrainModel.from_params(params=params, serialization_dir=str(directory), local_rank=local_rank)


def newest(directory: Path) -> Path:
    """The last checkpoint of a run."""
    return max((directory / "checkpoints").glob("*.th"))


def same(one: Any, other: Any) -> bool:
    """Bit-identical: nested dictionaries and lists of tensors and plain values."""
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other
