"""The contract of a backbone: word representations in, the level that each task reads out."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import torch
from allennlp.common import Registrable
from torch import BoolTensor, Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document


class Backbone(torch.nn.Module, Registrable):
    """What the tasks share above the embedder.

    # Parameters

    input_dim : width of the word representations. tasks : names of the tasks, in the config's order.
    """

    default_implementation: ClassVar[str] = "hierarchical"

    def __init__(self, input_dim: int, tasks: Sequence[str]) -> None:
        super().__init__()
        self.input_dim = input_dim
        self.tasks = tuple(tasks)

    def widths(self, task: str) -> tuple[int, int]:
        """The last dimensions of `Level.inputs` and `Level.outputs` that `task` will be given."""
        raise NotImplementedError

    def parts(self) -> dict[str, torch.nn.Module]:
        """The levels by name, lower ones first. Each parameter is in one of them."""
        raise NotImplementedError

    def forward(
        self, x: Tensor, mask: BoolTensor, documents: list[Document], tasks: Sequence[str]
    ) -> Iterator[tuple[str, Level]]:
        """Each task with its level, in whatever order they are done: a level that has been used need not be
        held while others are made. Runs only what `tasks` need, and each part of it once.

        # Parameters

        x : `(rows, words, input_dim)`, mask : `(rows, words)`. documents : whose sentences the rows are.
            tasks : who asks.
        """
        raise NotImplementedError
