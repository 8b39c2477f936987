"""Tasks supervised at successive depths of one network, with shortcut connections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder
from torch import BoolTensor, Tensor

from hmtl.backbones.backbone import Backbone
from hmtl.backbones.encoder import construct_encoder
from hmtl.backbones.fold import fold_documents, unfold_documents
from hmtl.backbones.level import Level
from hmtl.backbones.tree import parents_first
from hmtl.documents import Document
from hmtl.dropout import Dropout


@dataclass
class LevelSpec(FromParams):
    """One level as the config states it.

    # Parameters

    encoder : any Seq2SeqEncoder; its input width is computed.
    after : the level below, whose output it reads; the lowest levels have none.
    dropout : on the encoder's input, only in steps of the level's own tasks: lower levels on the way to a
        higher task read whole inputs.
    """

    encoder: Lazy[Seq2SeqEncoder]
    after: str | None = None
    dropout: float = 0.0


@Backbone.register("hierarchical")
class HierarchicalBackbone(Backbone):
    """The hierarchy of HMTL.

    Sanh, Wolf & Ruder (2019, arXiv 1811.06031), after Søgaard & Goldberg (2016) and Hashimoto et al. (2017):

        h_l = Enc_l([x ; h_parent(l)])        h of a level without parent = Enc([x])

    x, the word representations, reaches every level (shortcut connection). No gradient is stopped: a task's
    loss updates all levels on its way down, and none above or beside it.

    # Parameters

    levels : by name. Parents form a forest.
    task_levels : the level that a task reads, where it is not the one of its own name.
    encode : whether the encoders read each `sentence` by itself (linear in the text, short recurrences) or
        a whole `document` as one sequence, as the original does for coreference.
    """

    def __init__(
        self,
        input_dim: int,
        tasks: Sequence[str],
        levels: dict[str, LevelSpec],
        task_levels: dict[str, str] | None = None,
        encode: Literal["sentence", "document"] = "sentence",
    ) -> None:
        super().__init__(input_dim, tasks)
        self.encode_unit = encode
        self.parents = {name: spec.after for name, spec in levels.items()}
        for task in task_levels or ():
            if task not in tasks:
                raise ConfigurationError(
                    f"model.backbone.task_levels.{task}: there is no such task; "
                    f"the tasks are {', '.join(tasks)}"
                )
        self.level_of = {task: (task_levels or {}).get(task, task) for task in tasks}
        for task, level in self.level_of.items():
            if level not in levels:
                raise ConfigurationError(
                    f"model.backbone: task '{task}' reads level '{level}', which is not among the levels "
                    f"({', '.join(levels)}); add it, or name another in task_levels"
                )
        self.encoders = torch.nn.ModuleDict()
        self.dropouts = torch.nn.ModuleDict()
        for name in parents_first(self.parents):
            where = f"model.backbone.levels.{name}.encoder"
            self.encoders[name] = construct_encoder(levels[name].encoder, self._input_dim(name), where)
            self.dropouts[name] = Dropout(levels[name].dropout)

    def _input_dim(self, level: str) -> int:
        parent = self.parents[level]
        return self.input_dim + (self.encoders[parent].get_output_dim() if parent else 0)

    def widths(self, task: str) -> tuple[int, int]:
        level = self.level_of[task]
        return self._input_dim(level), self.encoders[level].get_output_dim()

    def parts(self) -> dict[str, torch.nn.Module]:
        return dict(self.encoders)

    def forward(
        self, x: Tensor, mask: BoolTensor, documents: list[Document], tasks: Sequence[str]
    ) -> Iterator[tuple[str, Level]]:
        own = {self.level_of[task] for task in tasks}
        needed = self._needed(own)
        # of the levels that others stand on
        outputs: dict[str, Tensor] = {}
        for name in needed:
            parent = self.parents[name]
            # (rows, words, input_dim of the level)
            inputs = torch.cat([x, outputs[parent]], dim=-1) if parent else x
            if name in own:
                inputs = self.dropouts[name](inputs)
            level = Level(inputs, self._encode(name, inputs, mask, documents), mask)
            if name in {self.parents[other] for other in needed}:
                outputs[name] = level.outputs
            yield from ((task, level) for task in tasks if self.level_of[task] == name)

    def _needed(self, levels: set[str]) -> list[str]:
        """The given levels and all below them, lower ones first."""
        wanted = set(levels)
        for name in reversed(list(self.encoders)):
            if name in wanted and (parent := self.parents[name]):
                wanted.add(parent)
        return [name for name in self.encoders if name in wanted]

    def _encode(self, name: str, inputs: Tensor, mask: BoolTensor, documents: list[Document]) -> Tensor:
        if self.encode_unit == "sentence" or len(inputs) == len(documents):
            return self.encoders[name](inputs, mask)
        sequences, sequence_mask = fold_documents(inputs, mask, documents)
        return unfold_documents(self.encoders[name](sequences, sequence_mask), sequence_mask, mask)
