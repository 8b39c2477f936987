"""What a backbone hands to a head."""

from dataclasses import dataclass

import torch
from torch import BoolTensor, Tensor


@dataclass(frozen=True)
class Level:
    """The representation of a batch at one depth of the network. A row is one sentence; rows follow the
    documents of the batch and their sentences in order, so that document d owns `len(d.sentences)` rows.

    inputs : `(rows, tokens, input_dim)`, what the level's encoder read: [x ; h_parent] for `hierarchical`.
    outputs : `(rows, tokens, output_dim)`, what it made of it.
    mask : `(rows, tokens)`, true at words; padding is on the right.
    """

    inputs: Tensor
    outputs: Tensor
    mask: BoolTensor

    def single(self) -> "Level":
        """The same in single precision, where mixed precision has made it half."""
        if self.outputs.dtype not in (torch.bfloat16, torch.half):
            return self
        return Level(self.inputs.float(), self.outputs.float(), self.mask)
