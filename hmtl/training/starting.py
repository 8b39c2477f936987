"""Training that starts from a trained model."""

import logging
from pathlib import Path

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.modules.token_embedders import Embedding
from torch import Tensor

from hmtl.archive import opened, weights_file
from hmtl.model import MultiTaskModel
from hmtl.training import checkpoints

logger = logging.getLogger(__name__)

KEY = "trainer.start_from"


def start_from(model: MultiTaskModel, archive: str) -> list[str]:
    """Gives the model the weights of an archive, part by part; what the archive does not have starts anew.

    A word or character that the archive's model did not know starts as that model read it, as unknown,
    unless the embedding has vectors of its own from a file: so the tasks of the archive score as they did.

    Returns the names of the parts that were found (`MultiTaskModel.parts`). Raises `ConfigurationError` where
    the archive's vocabulary is not the beginning of the model's, a part has another shape, or none is found.
    """
    with opened(archive, KEY) as directory:
        _check_vocabulary(model.vocab, directory)
        old = checkpoints.load(weights_file(directory, KEY))
    found = [name for name in model.parts() if _prefix(model, name) and _has(old, _prefix(model, name))]
    if not found:
        raise ConfigurationError(
            f"{KEY}: {archive} has no part of this model; name the same tasks and levels"
        )
    prefixes = tuple(_prefix(model, name) for name in found)
    new = model.state_dict()
    for name in [name for name in new if name.startswith(prefixes)]:
        if name not in old:
            raise ConfigurationError(
                f"{KEY}: {archive} lacks {name}; leave that part of the config as it was"
            )
        new[name] = _extended(model, name, old[name], new[name])
    model.load_state_dict(new)
    if gone := sorted({name.rsplit(".", 1)[0] for name in old if not name.startswith(prefixes)}):
        logger.info("Left in %s: %s", archive, ", ".join(gone))
    return found


def _prefix(model: MultiTaskModel, part: str) -> str:
    """What the names of a part's weights begin with; empty for a part without any."""
    modules = {module: name for name, module in model.named_modules()}
    return modules[model.parts()[part]] + "."


def _has(state: dict[str, Tensor], prefix: str) -> bool:
    return any(name.startswith(prefix) for name in state)


def _extended(model: MultiTaskModel, name: str, old: Tensor, new: Tensor) -> Tensor:
    if old.shape == new.shape:
        return old
    module = model.get_submodule(name.rpartition(".")[0])
    is_longer = old.shape[1:] == new.shape[1:] and len(old) < len(new)
    if not (isinstance(module, Embedding) and is_longer):
        raise ConfigurationError(
            f"{KEY}: {name} is {tuple(old.shape)} in the archive and {tuple(new.shape)} here; leave that "
            "part of the config, and its labels, as they were"
        )
    rest = new[len(old) :]
    if module._pretrained_file is None:
        namespace = module._vocab_namespace
        unknown = old[model.vocab.get_token_index(model.vocab._oov_token, namespace)]
        rest = unknown.expand_as(rest)
    return torch.cat([old, rest.to(old.dtype)])


def _check_vocabulary(vocab: Vocabulary, directory: Path) -> None:
    known = Vocabulary.from_files(directory / "vocabulary")
    for namespace in known.get_namespaces():
        before = known.get_index_to_token_vocabulary(namespace)
        now = vocab.get_index_to_token_vocabulary(namespace) if namespace in vocab.get_namespaces() else {}
        if any(now.get(index, token) != token for index, token in before.items()):
            raise ConfigurationError(
                f"{KEY}: the vocabulary ({namespace}) is not that of the archive with more behind it; "
                'set vocabulary to {"type": "hmtl_extended", "archive": …}'
            )
