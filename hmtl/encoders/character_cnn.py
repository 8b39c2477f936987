"""A convolution over the characters of words, as one matrix product."""

import torch
from allennlp.modules import Seq2VecEncoder
from allennlp.modules.seq2vec_encoders import CnnEncoder
from allennlp.nn.util import min_value_of_dtype
from torch import BoolTensor, Tensor
from torch.nn.functional import linear


@Seq2VecEncoder.register("character_cnn")
class CharacterCnn(CnnEncoder):
    """AllenNLP's `cnn`: the same parameters, the same names of weights, and the same results.

    Words are short and filters few, so that most of a convolution's time goes where it does not multiply.
    Here the windows of all words are multiplied by all filters at once, and the best of each filter is taken
    along whole vectors.
    """

    def forward(self, tokens: Tensor, mask: BoolTensor | None) -> Tensor:
        """`(words, characters, embedding_dim)` and `(words, characters)`, characters first, to
        `(words, output_dim)`. A filter that is wider than a word gives 0, as `cnn` does."""
        if mask is None:
            mask = torch.ones(tokens.shape[:2], dtype=torch.bool, device=tokens.device)
        lengths = mask.sum(1)
        pooled = torch.cat([self._pool(layer, tokens, lengths) for layer in self._convolution_layers], 1)
        return pooled if self.projection_layer is None else self.projection_layer(pooled)

    def _pool(self, layer: torch.nn.Conv1d, tokens: Tensor, lengths: Tensor) -> Tensor:
        """`(words, filters)`: of each filter the best window that holds no padding."""
        width = layer.kernel_size[0]
        count = tokens.shape[1] - width + 1
        # (words, windows, width * embedding_dim)
        windows = torch.cat([tokens[:, place : place + count] for place in range(width)], 2)
        # (filters, width * embedding_dim)
        weight = layer.weight.transpose(1, 2).flatten(1)
        # (words, windows, filters)
        values = linear(windows, weight, layer.bias)
        # of what only grows, the greatest is that of the greatest: one value for each filter in place of all
        grows = isinstance(self._activation, torch.nn.ReLU)
        if not grows:
            values = self._activation(values)
        beyond = torch.arange(count, device=values.device) > (lengths - width).unsqueeze(1)
        best = values.masked_fill(beyond.unsqueeze(2), min_value_of_dtype(values.dtype)).amax(1)
        best = self._activation(best) if grows else best
        return best.masked_fill((lengths < width).unsqueeze(1), 0.0)
