"""A config as the rules see it: its objects, its tasks, their data."""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader

from hmtl.checking.corpus import Corpus, Known, read_corpus
from hmtl.checking.schema import Node, Slip, walk_config
from hmtl.dataset_readers import MultiTaskReader, TaskReader
from hmtl.dataset_readers.split import split_sentences
from hmtl.documents import Document
from hmtl.paths import resolve

SPLITS = {"train": "train_data_path", "validation": "validation_data_path", "test": "test_data_path"}
UNBUILT = (ConfigurationError, TypeError, ValueError, KeyError, AttributeError, OSError)
"""What constructors raise where their arguments are wrong."""


@dataclass
class Task:
    """One task of the config.

    # Parameters

    reader : None where it could not be built. head : None where there is none. corpora : by split.
    """

    name: str
    reader: TaskReader | None = None
    head: Node | None = None
    corpora: dict[str, Corpus] = field(default_factory=dict)

    @property
    def layer(self) -> str:
        return self.reader.layer if self.reader else ""

    def documents(self, split: str) -> list[Document]:
        """Those that are annotated with what the task learns."""
        found = self.corpora[split].documents if split in self.corpora else []
        return [document for document in found if getattr(document, self.layer, None) is not None]

    def instances(self, split: str) -> list[Document]:
        """What the reader makes of them: sentences or whole documents."""
        documents = self.documents(split)
        if self.reader is None or not self.reader.by_sentence:
            return documents
        return [part for document in documents for part in split_sentences(document)]


@dataclass
class Experiment:
    """A whole config.

    # Parameters

    nodes : the objects that it describes, by key. slips : what no constructor would take. faults : why
        readers could not be built. reader : of all tasks, once they have been asked for, as training has it.
    """

    config: Mapping[str, Any]
    nodes: dict[str, Node]
    slips: list[Slip]
    faults: list[Slip] = field(default_factory=list)
    reader: MultiTaskReader | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Experiment":
        steps = list(walk_config(config))
        nodes = {step.key: step for step in steps if isinstance(step, Node)}
        return cls(config, nodes, [step for step in steps if isinstance(step, Slip)])

    def section(self, key: str) -> dict[str, Any]:
        """The object at a dotted key; empty where there is none."""
        value: Any = self.config
        for name in key.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, dict) else {}

    def objects(self, key: str) -> dict[str, dict[str, Any]]:
        """The objects by name that stand at a dotted key; other values there are left out."""
        return {name: value for name, value in self.section(key).items() if isinstance(value, dict)}

    @cached_property
    def names(self) -> list[str]:
        """The tasks that have data or a head, in the model's order."""
        stated = self.section("model").get("order")
        order = stated if isinstance(stated, list) else []
        readers, heads = self.section("dataset_reader.readers"), self.section("model.heads")
        known = dict.fromkeys([*readers, *heads])
        return list(dict.fromkeys([*(name for name in order if name in known), *known]))

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """By name, without data; faults are noted."""
        readers = self._readers()
        return {
            name: Task(name, readers.get(name), self.nodes.get(f"model.heads.{name}")) for name in self.names
        }

    def _readers(self) -> dict[str, TaskReader]:
        """All together, as training has them; where that cannot be, those that can be built, which split raw
        text as training would."""
        section = self.section("dataset_reader")
        whole = self._build("dataset_reader", dict(section))
        if isinstance(whole, MultiTaskReader):
            self.reader = whole
            return whole.readers
        found = {}
        for name in self.section("dataset_reader.readers"):
            key = f"dataset_reader.readers.{name}"
            reader = self._build(key, self.section(key), task=name)
            if isinstance(reader, TaskReader):
                found[name] = reader
        readers = {name: self.section(f"dataset_reader.readers.{name}") for name in found}
        stated = {key: section[key] for key in ("language", "pipeline") if key in section}
        some = found and self._build("dataset_reader", {"type": "hmtl", "readers": readers, **stated})
        return some.readers if isinstance(some, MultiTaskReader) else found

    def known_reader(self) -> MultiTaskReader | None:
        """The reader of all tasks with the training data that have been read in place of the files; None
        where there is no such reader."""
        if self.reader is None:
            return None
        reader = copy.copy(self.reader)
        reader.readers = {}
        for name, each in self.reader.readers.items():
            reader.readers[name] = copy.copy(each)
            corpus = self.tasks[name].corpora.get("train", Corpus([]))
            reader.readers[name].format = Known(corpus, each.format.layers)
        return reader

    def _build(self, key: str, section: dict[str, Any], **extras: Any) -> DatasetReader | None:
        # what they count is another matter, and some want a download
        section.pop("token_indexers", None)
        try:
            return DatasetReader.from_params(Params(copy.deepcopy(section)), **extras)
        except UNBUILT as fault:
            if key in self.nodes and not any(slip.key.startswith(key) for slip in self.slips):
                self.faults.append(slip_of(fault, key))
            return None

    def path(self, task: str, split: str) -> tuple[str, str] | None:
        """The config key and the path of a task's data, if it has any in that split."""
        paths = self.config.get(SPLITS[split])
        if isinstance(paths, Mapping):
            return (f"{SPLITS[split]}.{task}", str(paths[task])) if task in paths else None
        return (SPLITS[split], paths) if isinstance(paths, str) else None

    def read(self) -> None:
        """All data that can be read; a file that several tasks share once."""
        read: dict[str, Corpus] = {}
        for task in self.tasks.values():
            for split in SPLITS if task.reader else ():
                if (place := self.path(task.name, split)) is None:
                    continue
                form = self.section(f"dataset_reader.readers.{task.name}").get("format")
                same = json.dumps([form, place[1]], sort_keys=True)
                if same not in read:
                    read[same] = self._read(task, *place, split)
                task.corpora[split] = read[same]

    @staticmethod
    def _read(task: Task, key: str, path: str, split: str) -> Corpus:
        try:
            return read_corpus(task.reader.format, resolve(path), f"{task.name} {split}")  # type: ignore[union-attr]
        except ConfigurationError as fault:  # no $HMTL_DATA
            return Corpus([], [f"{key}: {fault}"])


def slip_of(fault: BaseException, key: str) -> Slip:
    """The key, cause and mend that an error's one line names; `key` where it names none."""
    text = " ".join(str(fault).split()) or type(fault).__name__
    named = re.match(r"((?:[a-z_]+\.)+[\w.]+)(?::| is) ", text)
    cause, _, mend = text.rpartition("; ")
    place = named[1] if named else key
    told = (cause or mend).removeprefix(f"{place}:").strip()
    return Slip(place, told.removeprefix(f"{place} ").strip(), mend if cause else "correct it")
