"""What the ranks of a run must have in common, for each has read its own files."""

import hashlib
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.models.archival import CONFIG_NAME
from allennlp.training.recovery import flat, is_changeable

from hmtl.data_loader import MultiTaskLoader
from hmtl.documents import Document
from hmtl.training.checkpoints import Checkpoints
from hmtl.training.ranks import Ranks

Facts = dict[str, str]

OWN_KEYS = (
    "distributed*",
    "train_data_path*",
    "validation_data_path*",
    "test_data_path*",
    "*data_loader.cache",
)
"""Keys of a config in which two hosts may differ; a `*` is as in `changeable_on_recovery`."""


def check_alike(ranks: Ranks, facts: Facts) -> None:
    """Raises `ConfigurationError`, on all ranks, where a fact of one is another than that of the first."""
    hosts = ranks.gather(socket.gethostname())
    first, *others = ranks.gather(facts)
    for rank, other in enumerate(others, 1):
        for name in sorted(first.keys() | other.keys()):
            if (one := first.get(name, "missing")) != (another := other.get(name, "missing")):
                raise ConfigurationError(
                    f"distributed training: {name} differs: {one} in process 0 ({hosts[0]}), {another} in "
                    f"process {rank} ({hosts[rank]}); give every host the same config and the same data"
                )


def facts_of(directory: Path, vocabulary: Vocabulary, loaders: Mapping[str, MultiTaskLoader | None]) -> Facts:
    """Of the config that a run's directory holds, of the vocabulary, and of the data by their names."""
    facts = config_facts(directory) | vocabulary_facts(vocabulary)
    for name, loader in loaders.items():
        if loader is not None:
            facts |= data_facts(name, loader)
    return facts


def config_facts(directory: Path) -> Facts:
    """Every value of the config by its dotted key, but for `OWN_KEYS`; of a run without a config nothing."""
    path = directory / CONFIG_NAME
    if not path.exists():
        return {}
    values = flat(json.loads(path.read_text(encoding="utf-8"))).items()
    return {
        f"config key {key}": json.dumps(value) for key, value in values if not is_changeable(key, OWN_KEYS)
    }


def vocabulary_facts(vocabulary: Vocabulary) -> Facts:
    """Size and digest of every namespace."""
    spaces = {name: vocabulary.get_token_to_index_vocabulary(name) for name in vocabulary.get_namespaces()}
    return {
        f"vocabulary namespace {name}": f"{len(entries)} entries, {_digest(entries.items())}"
        for name, entries in spaces.items()
    }


def data_facts(name: str, loader: MultiTaskLoader) -> Facts:
    """Number and digest of every task's instances, whatever the files are called."""
    facts = {}
    for task, instances in loader.instances.items():
        # one by one, for they need not fit into memory
        documents = (loader.documents(task, [number])[0] for number in range(len(instances)))
        digest = _digest(map(_content, documents))
        facts[f"{name} data of task '{task}'"] = f"{len(instances)} instances, {digest}"
    return facts


def _content(document: Document) -> tuple[Any, ...]:
    """All but where it was read from."""
    return tuple(getattr(document, field.name) for field in fields(document) if field.name != "source")


def _digest(items: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(repr(item).encode("utf-8", "surrogatepass"))
    return f"digest {digest.hexdigest()[:12]}"


def check_directories(ranks: Ranks, directory: Path, writes: bool) -> None:
    """Raises `ConfigurationError`, on all ranks, where two hosts write to one directory, which they would
    share on a disk that both see.

    # Parameters

    writes : whether this process is the one of its host that writes files.
    """
    mark = directory / f"writer_{ranks.rank}"
    if writes:
        mark.touch()
    ranks.wait()
    marks = sorted(path.name for path in directory.glob("writer_*"))
    ranks.wait()
    if writes:
        mark.unlink()
    if ranks.any(len(marks) > 1):
        raise ConfigurationError(
            f"distributed training: two hosts write to {directory}, which they share; give each its own "
            "--serialization-dir"
        )


def agree_on_checkpoint(ranks: Ranks, store: Checkpoints, writes: bool) -> None:
    """Leaves, as the newest checkpoint of every host, the newest that all hosts have: a run that was killed
    may have been saved by one and not yet by another. What is newer will be trained again.

    Raises `ConfigurationError` where they have none in common, though one has some, and where none of a
    host's is whole.
    """
    # of its host's processes one alone removes what is damaged
    found = store.load() if writes else None
    own = [path.name for path in store.newest_first()] if found else []
    hosts = [names for names in ranks.gather(own if writes else None) if names is not None]
    common = max(set.intersection(*map(set, hosts)), default=None)
    if common is None and any(hosts):
        raise ConfigurationError(
            f"{store.folder}: the hosts of this run have no checkpoint in common; copy this folder from the "
            "host of --node-rank 0 to the others, or train anew with --force"
        )
    if writes and common is not None:
        for path in store.newest_first():
            if path.name > common:
                path.unlink()
    ranks.wait()
