"""An LSTM that is fast on processors, whose rows are few and short."""

import torch
from allennlp.modules import Seq2SeqEncoder
from allennlp.modules.seq2seq_encoders import LstmSeq2SeqEncoder
from torch import BoolTensor, LongTensor, Tensor
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
        if not torch.is_grad_enabled():
            outputs = inputs.new_zeros(*mask.shape, self.get_output_dim())
            for group in groups:
                rows = inputs[:, : group.width].index_select(0, group.rows)
                outputs[group.rows, : group.width] = self._run(rows, group.backwards)
            return outputs.masked_fill_(~mask.unsqueeze(-1), 0.0)
        if len(groups) == 1:
            outputs = self._group(inputs[:, : groups[0].width], groups[0], mask.shape[1])
        else:
            parts = [
                self._group(inputs[:, : group.width].index_select(0, group.rows), group, mask.shape[1])
                for group in groups
            ]
            outputs = torch.cat(parts).index_select(0, restore)
        return outputs.masked_fill(~mask.unsqueeze(-1), 0.0)

    def _group(self, rows: Tensor, group: Group, words: int) -> Tensor:
        """`(group, words, output_dim)` from `(group, width, input_dim)`, zeros after the group's width."""
        return pad(self._run(rows, group.backwards), (0, 0, 0, words - group.width))

    def _run(self, rows: Tensor, backwards: LongTensor | None) -> Tensor:
        """All layers of `(group, width, input_dim)`. Rows that hold padding are read in either direction by
        itself."""
        module, words = self._module, rows
        per_direction = len(module._flat_weights) // (module.num_layers * self._num_directions)
        weights = iter(zip(*[iter(module._flat_weights)] * per_direction, strict=True))
        for layer in range(module.num_layers):
            if layer:
                words = dropout(words, module.dropout, module.training)
            forwards = next(weights)
            if not module.bidirectional:
                words = self._layer(words, forwards)
            elif backwards is None:
                words = self._layer(words, forwards + next(weights))
            else:
                turned = self._layer(_turn(words, backwards), next(weights))
                words = torch.cat([self._layer(words, forwards), _turn(turned, backwards)], -1)
        return words

    def _layer(self, words: Tensor, weights: tuple[Tensor, ...]) -> Tensor:
        """One layer, in both directions where there are weights for two."""
        module = self._module
        both = len(weights) > len(module._flat_weights) // (module.num_layers * self._num_directions)
        first = words.new_zeros(1 + both, len(words), module.hidden_size)
        return torch.lstm(
            words.contiguous(), (first, first), weights, module.bias, 1, 0.0, module.training, both, True
        )[0]


def _turn(words: Tensor, backwards: LongTensor) -> Tensor:
    """Each row of `(group, width, dim)` with its words turned round."""
    return Turned.apply(words.flatten(0, 1), backwards).view(words.shape)
