"""A corpus in which there is nothing to find, and configs of it."""

import copy
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from small_run import config_of

from hmtl.checking import Finding, check
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Jsonl

WORDS = "the old boat of our harbour master sails home again without him".split()
FIRST, SECOND, THIRD = Span(1, 2, "A"), Span(4, 4, "A"), Span(9, 9, "A")
SIZES = {"train": 6, "validation": 2, "test": 2}
Config = dict[str, Any]
Documents = dict[str, list[Document]]


def document(name: str) -> Document:
    """Two sentences of eight words with all four layers; the name is the seed of its words."""
    rng = random.Random(name)
    words = rng.sample(WORDS, 8) + rng.sample(WORDS, 8)
    return Document(
        name,
        tuple(words),
        ((0, 7), (8, 15)),
        entities=(FIRST, THIRD),
        mentions=(FIRST, SECOND, THIRD),
        relations=(Relation(FIRST, SECOND, "R"),),
        clusters=((FIRST.bounds, THIRD.bounds),),
    )


def corpus() -> Documents:
    """Documents of three splits, none twice, all words in the first."""
    return {split: [document(f"{split}{n}") for n in range(size)] for split, size in SIZES.items()}


def small_config(folder: Path, tasks: str, documents: Documents | None = None) -> Config:
    """The config of these tasks on these documents, which are written there."""
    for split, listed in (documents or corpus()).items():
        Jsonl().write(listed, folder / f"{split}.jsonl")
    config = config_of(folder, tasks)
    for split in SIZES:
        config[f"{split}_data_path"] = dict.fromkeys(tasks.split(), str(folder / f"{split}.jsonl"))
    levels = config["model"]["backbone"]["levels"]
    for level in levels.values():
        level["after"] = level["after"] if level["after"] in levels else None
    return config


def changed(config: Config, **values: Any) -> Config:
    """A copy with other values at keys in which `__` stands for a dot; `...` takes the key away."""
    config = copy.deepcopy(config)
    for key, value in values.items():
        *path, last = key.split("__")
        section = config
        for name in path:
            section = section.setdefault(name, {})
        if value is ...:
            del section[last]
        else:
            section[last] = copy.deepcopy(value)
    return config


def found(config: Config) -> dict[str, list[Finding]]:
    """What each rule finds."""
    by_rule = defaultdict(list)
    for finding in check(config).findings:
        by_rule[finding.rule].append(finding)
    return dict(by_rule)


def only(config: Config, rule: str, beside: tuple[str, ...] = ("no_forecast",)) -> list[Finding]:
    """What one rule finds, after no other has found anything."""
    by_rule = found(config)
    assert set(by_rule) - (set(beside) - {rule}) == {rule}, by_rule
    return by_rule[rule]
