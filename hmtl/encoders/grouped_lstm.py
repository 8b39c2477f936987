"""An LSTM that is fast on processors, whose rows are few and short."""

from functools import lru_cache
from itertools import chain

import torch
from allennlp.modules import Seq2SeqEncoder
from allennlp.modules.seq2seq_encoders import LstmSeq2SeqEncoder
from torch import BoolTensor, Tensor
from torch.nn.functional import pad

from hmtl.dropout import dropout
from hmtl.encoders.length_groups import Group, length_groups

_CLOSED = -1e4
"""What is added to a gate so that it lets nothing through: the exponential of less than -104 is 0 in single
precision."""


@Seq2SeqEncoder.register("grouped_lstm")
class GroupedLSTM(LstmSeq2SeqEncoder):
    """AllenNLP's `lstm`: the same parameters, the same names of weights, and the same results.

    AllenNLP packs the rows of a batch, which torch computes in small operations for every step. Here rows of
    like length are computed together, as rectangles, in torch's kernel for those. At the little padding that
    they hold, one more input closes the input gate and the output gate: the state stays 0 until the words
    begin, from whichever side, and so does the output. Off a CPU, and where a state is carried from batch to
    batch, rows are packed as ever.
    """

    def forward(
        self, inputs: Tensor, mask: BoolTensor | None, hidden_state: tuple[Tensor, Tensor] | None = None
    ) -> Tensor:
        """`(rows, words, input_dim)` and `(rows, words)`, words first, to `(rows, words, output_dim)`, zero
        at padding."""
        if mask is None or self.stateful or hidden_state is not None or inputs.device.type != "cpu":
            return super().forward(inputs, mask, hidden_state)
        groups, restore = length_groups(tuple(mask.sum(1).tolist()))
        # (rows, words, 1): 1 at padding
        padding = (~mask).to(inputs.dtype).unsqueeze(-1)
        if len(groups) == 1:
            return self._group(inputs, padding, groups[0], mask.shape[1])
        if torch.is_grad_enabled():
            parts = [self._group(*_rows(inputs, padding, group), group, mask.shape[1]) for group in groups]
            return torch.cat(parts).index_select(0, restore)
        outputs = None
        for group in groups:
            found = self._run(*_rows(inputs, padding, group), group)
            if outputs is None:
                # in what precision the kernel answers, which mixed precision decides
                outputs = found.new_zeros(*mask.shape, self.get_output_dim())
            outputs[group.rows, : group.width] = found
        return outputs

    def _group(self, rows: Tensor, padding: Tensor, group: Group, words: int) -> Tensor:
        """`(group, words, output_dim)`, zeros after the group's width."""
        found = self._run(rows[:, : group.width], padding[:, : group.width], group)
        return found if group.width == words else pad(found, (0, 0, 0, words - group.width))

    def _run(self, words: Tensor, padding: Tensor, group: Group) -> Tensor:
        """All layers of `(group, width, input_dim)`."""
        module = self._module
        count = len(module._flat_weights) // (module.num_layers * self._num_directions)
        weights = list(zip(*[iter(module._flat_weights)] * count, strict=True))
        column = _closing(module.hidden_size, words.dtype) if group.padded else None
        first = words.new_zeros(self._num_directions, len(words), module.hidden_size)
        for layer in range(module.num_layers):
            if layer:
                words = dropout(words, module.dropout, module.training)
            own = weights[layer * self._num_directions : (layer + 1) * self._num_directions]
            if column is not None:
                words = torch.cat([words, padding], -1)
                own = [(torch.cat([each[0], column], 1), *each[1:]) for each in own]
            flat = list(chain.from_iterable(own))
            words = torch.lstm(
                words, (first, first), flat, module.bias, 1, 0.0, module.training, module.bidirectional, True
            )[0]
        return words


def _rows(inputs: Tensor, padding: Tensor, group: Group) -> tuple[Tensor, Tensor]:
    inputs, padding = (x[:, : group.width].index_select(0, group.rows) for x in (inputs, padding))
    return inputs, padding


@lru_cache(maxsize=64)
# What a prediction asks for first may be asked for again in training.
@torch.inference_mode(False)
def _closing(size: int, dtype: torch.dtype) -> Tensor:
    """The weights of an input that closes two of the gates, `(4 size, 1)`: they stand in the order input,
    forget, cell, output."""
    column = torch.zeros(4, size, 1, dtype=dtype)
    column[0::3] = _CLOSED
    return column.flatten(0, 1)
