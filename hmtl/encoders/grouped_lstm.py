"""An LSTM that is fast on processors, whose rows are few and short."""

import torch
from allennlp.modules import Seq2SeqEncoder
from allennlp.modules.seq2seq_encoders import LstmSeq2SeqEncoder
from torch import BoolTensor, Tensor
from torch.nn.functional import pad

from hmtl.dropout import dropout
from hmtl.encoders.length_groups import Group, Turned, length_groups


@Seq2SeqEncoder.register("grouped_lstm")
class GroupedLSTM(LstmSeq2SeqEncoder):
    """AllenNLP's `lstm`: the same parameters, the same names of weights, and the same results.

    AllenNLP packs the rows of a batch, which torch computes in small operations for every step. Here rows of
    like length are computed together, as rectangles, in torch's kernel for those; the little padding that
    they hold comes after the words, and where an LSTM reads backwards each row is turned round before. Off a
    CPU, and where a state is carried from batch to batch, rows are packed as ever.
    """

    def forward(
        self, inputs: Tensor, mask: BoolTensor | None, hidden_state: tuple[Tensor, Tensor] | None = None
    ) -> Tensor:
        """`(rows, words, input_dim)` and `(rows, words)`, words first, to `(rows, words, output_dim)`, zero
        at padding."""
        if mask is None or self.stateful or hidden_state is not None or inputs.device.type != "cpu":
            return super().forward(inputs, mask, hidden_state)
        groups, restore = length_groups(tuple(mask.sum(1).clamp(min=1).tolist()))
        if len(groups) == 1:
            outputs = self._group(inputs[:, : groups[0].width], groups[0], mask.shape[1])
        else:
            rows = (inputs[:, : group.width].index_select(0, group.rows) for group in groups)
            parts = [self._group(*each, mask.shape[1]) for each in zip(rows, groups, strict=True)]
            outputs = torch.cat(parts).index_select(0, restore)
        return outputs.masked_fill(~mask.unsqueeze(-1), 0.0)

    def _group(self, rows: Tensor, group: Group, words: int) -> Tensor:
        """`(group, words, output_dim)` from `(group, width, input_dim)`, zeros after the group's width."""
        outputs = self._rectangle(rows) if group.backwards is None else self._uneven(rows, group)
        return pad(outputs, (0, 0, 0, words - group.width))

    def _rectangle(self, rows: Tensor) -> Tensor:
        """All layers of rows without padding."""
        module = self._module
        return self._run(rows, module._flat_weights, module.num_layers, module.bidirectional)

    def _uneven(self, rows: Tensor, group: Group) -> Tensor:
        """All layers of rows that have padding, in either direction by itself."""
        module, words = self._module, rows
        turn = lambda x: Turned.apply(x.flatten(0, 1), group.backwards).view(*rows.shape[:2], -1)  # noqa: E731
        per_direction = len(module._flat_weights) // (module.num_layers * self._num_directions)
        weights = iter(zip(*[iter(module._flat_weights)] * per_direction, strict=True))
        for layer in range(module.num_layers):
            if layer:
                words = dropout(words, module.dropout, module.training)
            outputs = self._run(words, next(weights), 1, False)
            if module.bidirectional:
                backwards = turn(self._run(turn(words), next(weights), 1, False))
                outputs = torch.cat([outputs, backwards], -1)
            words = outputs
        return words

    def _run(
        self, rows: Tensor, weights: tuple[Tensor, ...] | list[Tensor], layers: int, both: bool
    ) -> Tensor:
        module = self._module
        first = rows.new_zeros(layers * (1 + both), len(rows), module.hidden_size)
        return torch.lstm(
            rows.contiguous(), (first, first), weights, module.bias, layers, module.dropout, module.training,
            both, True,
        )[0]  # fmt: skip
