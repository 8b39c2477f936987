"""The model: embedder, backbone, heads."""

import re
from collections.abc import Sequence
from typing import Any

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.nn import InitializerApplicator
from allennlp.nn.util import get_text_field_mask

from hmtl.backbones import Backbone
from hmtl.documents import Document
from hmtl.dropout import Dropout
from hmtl.heads import Head
from hmtl.single_precision import single_precision


@Model.register("hmtl")
class MultiTaskModel(Model):
    """Several tasks in one network.

    # Parameters

    embedder : the word representations x that all tasks share.
    backbone : the levels above them.
    heads : by task.
    dropout : on x, in training steps of any task.
    order : of the tasks. Of two that fill one layer of a Document the first does; default that of `heads`,
        which in JSON has none to rely on.
    initializer : applied to all parameters by name once the model is built.
    """

    default_predictor = "hmtl"

    def __init__(
        self,
        vocab: Vocabulary,
        embedder: TextFieldEmbedder,
        backbone: Lazy[Backbone],
        heads: dict[str, Lazy[Head]],
        dropout: float = 0.0,
        order: list[str] | None = None,
        initializer: InitializerApplicator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, **kwargs)
        _check_names(list(heads))
        tasks = order or list(heads)
        if sorted(tasks) != sorted(heads):
            raise ConfigurationError(
                f"model.order: names {', '.join(tasks)}; name each of {', '.join(heads)} once"
            )
        self.embedder = embedder
        self.dropout = Dropout(dropout)
        self.backbone = backbone.construct(input_dim=embedder.get_output_dim(), tasks=tasks)
        built = {}
        for task, head in heads.items():
            input_dim, output_dim = self.backbone.widths(task)
            built[task] = head.construct(vocab=vocab, task=task, input_dim=input_dim, output_dim=output_dim)
        self.heads = torch.nn.ModuleDict({task: built[task] for task in tasks})
        (initializer or InitializerApplicator())(self)
        self._evaluated: set[str] = set()

    @property
    def tasks(self) -> list[str]:
        return list(self.heads)

    def parts(self) -> dict[str, torch.nn.Module]:
        """What the model is made of, by the names that freezing, priors and reports know: `embedder`,
        `levels.<level>` (lower ones first), `heads.<task>`. Each parameter is in one part."""
        levels = {f"levels.{name}": level for name, level in self.backbone.parts().items()}
        heads = {f"heads.{task}": head for task, head in self.heads.items()}
        return {"embedder": self.embedder, **levels, **heads}

    def shared_parts(self) -> dict[str, torch.nn.Module]:
        """The parts that more than one task may use: embedder and levels."""
        return {name: part for name, part in self.parts().items() if not name.startswith("heads.")}

    def forward(  # type: ignore[override]
        self,
        tokens: TextFieldTensors,
        documents: list[Document],
        task: str | None = None,
        batch: Sequence[Document] | None = None,
    ) -> dict[str, Any]:
        """One batch of one task, or a prediction of all tasks.

        # Parameters

        tokens : `(rows, words, …)`, a row for each sentence of the documents, in order.
        documents : whose annotation supervises `task`.
        task : whose batch this is: only its levels and head run. Without it all heads annotate the
            documents, each level runs once, and no gold annotation is looked at.
        batch : the documents of the whole batch where these are a part of it: of its parts, the losses add
            up to that of the whole. Default these.

        # Returns

        `loss` with a task; `annotations`, a list over documents for each task, outside training. Raises
        `ConfigurationError` for a task without a head.
        """
        if task is not None and task not in self.heads:
            raise ConfigurationError(
                f"model.heads: there is data of task '{task}' but no head; add one or drop its data"
            )
        mask = get_text_field_mask(tokens)
        x = self.dropout(self.embedder(tokens))
        tasks = self.tasks if task is None else [task]
        found: dict[str, dict[str, Any]] = {}
        for name, level in self.backbone(x, mask, documents, tasks):
            # a head sums over labels, spans and words, for which half precision is too coarse
            with single_precision(x.device.type):
                found[name] = self.heads[name](level.single(), documents, task is not None, batch)
        outputs = {name: found[name] for name in tasks}
        result: dict[str, Any] = {}
        if task is not None:
            result["loss"] = outputs[task]["loss"]
        if not self.training:
            self._evaluated.update(() if task is None else (task,))
            result["annotations"] = {name: output["annotations"] for name, output in outputs.items()}
        return result

    def make_output_human_readable(self, output_dict: dict[str, Any]) -> dict[str, Any]:
        """Turns `{task: [annotation of each document]}` into one list over documents, as AllenNLP's commands
        expect."""
        by_task = output_dict.get("annotations", {})
        documents = [
            dict(zip(by_task, values, strict=True)) for values in zip(*by_task.values(), strict=True)
        ]
        return {**output_dict, "annotations": documents}

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """`task/metric` for every task that was evaluated since the last reset."""
        evaluated = [task for task in self.heads if task in self._evaluated]
        if reset:
            self._evaluated.clear()
        return {
            f"{task}/{name}": value
            for task in evaluated
            for name, value in self.heads[task].get_metrics(reset).items()
        }

    def take_metrics(self, task: str) -> dict[str, float]:
        """`task/metric` of one task since its last reset, which this is. Every rank may ask, also one that
        has evaluated nothing, and must where one does, since counts are summed over the ranks."""
        self._evaluated.discard(task)
        return {f"{task}/{name}": value for name, value in self.heads[task].get_metrics(reset=True).items()}


def _check_names(tasks: list[str]) -> None:
    """Names of tasks become names of files, of metrics and of submodules."""
    if not tasks:
        raise ConfigurationError("model.heads: names no task; give at least one")
    for task in tasks:
        if not re.fullmatch(r"[A-Za-z][\w-]*", task) or hasattr(torch.nn.ModuleDict, task):
            raise ConfigurationError(
                f"model.heads.{task}: is no name for a task; take letters, digits, _ and -, "
                "and none of PyTorch's words such as 'type'"
            )
