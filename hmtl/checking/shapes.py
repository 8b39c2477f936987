"""The shapes of a model's parts, told by building each alone on a device without memory: no weight exists."""

import copy
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from allennlp.common import Params
from allennlp.data import Vocabulary
from allennlp.modules import TokenEmbedder
from allennlp.modules.token_embedders import Embedding
from allennlp.training.metrics import Metric
from torch import nn

from hmtl.backbones import Backbone
from hmtl.backbones.encoder import WIDTH_ARGUMENTS
from hmtl.checking.experiment import UNBUILT, Experiment, slip_of
from hmtl.checking.schema import Node, Slip
from hmtl.heads import Head

FROM_ELSEWHERE = ("weight_file", "model_name")
"""Arguments of embedders whose width a file or a model hub knows."""
STAND_IN = 8


@dataclass
class Shapes:
    """What can be told of a model's parts.

    # Parameters

    experiment : the config. vocabulary : as training would make it. slips : why parts could not be built.
    unknown : embedders whose width cannot be told here.
    """

    experiment: Experiment
    vocabulary: Vocabulary
    slips: list[Slip] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @cached_property
    def embedders(self) -> dict[str, TokenEmbedder]:
        found = {}
        for name, params in self.experiment.section("model.embedder.token_embedders").items():
            key = f"model.embedder.token_embedders.{name}"
            node = self.experiment.nodes.get(key)
            if node is None or self._from_elsewhere(key):
                self.unknown.append(name)
                continue
            built = self._build(TokenEmbedder, params, key, **self._matrix(node))
            if built is None:
                self.unknown.append(name)
            else:
                found[name] = built
        return found

    def _from_elsewhere(self, key: str) -> bool:
        """Whether the embedder there, or one within it, takes its width from a file."""
        nodes = self.experiment.nodes.items()
        inside = [node for name, node in nodes if name == key or name.startswith(f"{key}.")]
        return any(argument in node.parameters for node in inside for argument in FROM_ELSEWHERE)

    def _matrix(self, node: Node) -> dict[str, torch.Tensor]:
        """Of an embedding, its matrix, which it would else allocate."""
        rows, dim = node.value("num_embeddings"), node.value("embedding_dim")
        if not issubclass(node.cls, Embedding) or not isinstance(dim, int) or dim < 1:
            return {}
        rows = rows or self.vocabulary.get_vocab_size(node.value("vocab_namespace"))
        return {"weight": torch.empty(rows, dim, device="meta")}

    @property
    def width(self) -> int | None:
        """Of the word representations; None where it is not known."""
        widths = [embedder.get_output_dim() for embedder in self.embedders.values()]
        return None if self.unknown or not widths else sum(widths)

    @cached_property
    def backbone(self) -> Backbone | None:
        """Of every encoder that asks for another width than its level offers, this is noted."""
        params = copy.deepcopy(self.experiment.section("model.backbone"))
        while True:
            key = "model.backbone"
            arguments = {
                "input_dim": self.width or STAND_IN,
                "tasks": list(self.experiment.section("model.heads")),
            }
            faults = len(self.slips)
            built = self._build(Backbone, params, key, **arguments)
            if len(self.slips) == faults or not _without_width(params, self.slips[-1].key):
                return built
            if self.width is None:
                self.slips.pop()

    @cached_property
    def heads(self) -> dict[str, Head]:
        found = {}
        for task, params in self.experiment.section("model.heads").items():
            self._stand_in_labels(task)
            try:
                widths = self.backbone.widths(task) if self.backbone else (STAND_IN, STAND_IN)
            except KeyError:
                widths = (STAND_IN, STAND_IN)
            own = {"task": task, "input_dim": widths[0], "output_dim": widths[1], "vocab": self.vocabulary}
            if (head := self._build(Head, params, f"model.heads.{task}", **own)) is not None:
                found[task] = head.eval()
                _count_from_zero(head)
        return found

    def _stand_in_labels(self, task: str) -> None:
        """Of a task whose data could not be read, a label, so that the rest of its head can be checked."""
        if not self.experiment.tasks[task].documents("train"):
            for namespace in (f"{task}_labels", f"{task}_argument_labels"):
                self.vocabulary.add_token_to_namespace("label", namespace)

    def _build(self, base: Any, params: Any, key: str, **extras: Any) -> Any:
        """None where that cannot be, for a reason that is noted unless the walk over the config has told."""
        if any(slip.key == key or slip.key.startswith(f"{key}.") for slip in self.experiment.slips):
            return None
        if not isinstance(params, str | Mapping):
            return None
        given = {"type": params} if isinstance(params, str) else _without_files(params)
        try:
            with torch.device("meta"), _quiet():
                return base.from_params(Params(given), **{"vocab": self.vocabulary, **extras})
        except NotImplementedError:  # it looks at values, which nothing here has
            return None
        except UNBUILT as fault:
            self.slips.append(slip_of(fault, key))
            return None


def _without_files(params: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an embedder's config without the weights that it would start from."""
    return {key: copy.deepcopy(value) for key, value in params.items() if key != "pretrained_file"}


def parameters(module: nn.Module | None) -> int:
    """How many numbers a module learns."""
    return sum(p.numel() for p in module.parameters()) if module is not None else 0


def _count_from_zero(head: nn.Module) -> None:
    """Gives metrics, whose counts are no weights, a memory: then they tell their names."""
    for module in head.modules():
        for value in vars(module).values():
            for metric in value.values() if isinstance(value, dict) else [value]:
                if isinstance(metric, Metric):
                    metric.reset()


def _without_width(backbone: dict[str, Any], key: str) -> bool:
    """Removes what an encoder says of its width; false where it says nothing."""
    level = key.removeprefix("model.backbone.levels.").removesuffix(".encoder")
    encoder = (backbone.get("levels") or {}).get(level, {}).get("encoder", {})
    stated = [name for name in WIDTH_ARGUMENTS if isinstance(encoder, dict) and name in encoder]
    for name in stated:
        del encoder[name]
    return bool(stated)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the log of constructors."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
