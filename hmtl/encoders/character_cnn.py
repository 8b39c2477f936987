"""A convolution over the characters of words, as a few look-ups."""

import math

import torch
from allennlp.modules import Seq2VecEncoder
from allennlp.modules.seq2vec_encoders import CnnEncoder
from torch import LongTensor, Tensor
from torch.nn.functional import pad


@Seq2VecEncoder.register("character_cnn")
class CharacterCnn(CnnEncoder):
    """AllenNLP's `cnn`: the same parameters, the same names of weights, and the same results.

    Characters are few. What each adds to a filter at each of its places is computed once, so that a window of
    a word is the sum of one row of a table for each place. Only the best window of each filter is computed
    with a gradient. `distinct_character_encoding` asks for this by `of_characters`.
    """

    def of_characters(self, ids: LongTensor, alphabet: Tensor) -> Tensor:
        """`(words, characters)`, characters first and 0 at padding, of the embedded `alphabet`,
        `(known characters, embedding_dim)`, to `(words, output_dim)`. A filter that is wider than a word
        gives 0, as `cnn` does."""
        lengths = (ids != 0).sum(1)
        pooled = torch.cat(
            [self._pool(layer, ids, lengths, alphabet) for layer in self._convolution_layers], 1
        )
        return pooled if self.projection_layer is None else self.projection_layer(pooled)

    def _pool(self, layer: torch.nn.Conv1d, ids: LongTensor, lengths: LongTensor, alphabet: Tensor) -> Tensor:
        """`(words, filters)`: of each filter the best window that holds no padding."""
        width = layer.kernel_size[0]
        ids = pad(ids, (0, max(0, width - ids.shape[1])))
        # (width, characters, filters)
        tables = alphabet @ layer.weight.permute(2, 1, 0)
        values = self._windows(tables.detach(), ids, lengths)
        # of what only grows, the greatest is that of the greatest
        grows = isinstance(self._activation, torch.nn.ReLU)
        if not grows:
            values = self._activation(values + layer.bias.detach())
        best = values.amax(1)
        if torch.is_grad_enabled():
            best = self._activation(self._at(_places(values, best), tables, ids) + layer.bias)
        elif grows:
            best = self._activation(best + layer.bias)
        return best.masked_fill((lengths < width).unsqueeze(1), 0.0)

    def _windows(self, tables: Tensor, ids: LongTensor, lengths: LongTensor) -> Tensor:
        """`(words, windows, filters)` without bias, −∞ where a window holds padding."""
        width, characters, filters = tables.shape
        count = ids.shape[1] - width + 1
        beyond = torch.arange(count, device=ids.device) > (lengths - width).unsqueeze(1)
        first = pad(tables[0], (0, 0, 0, 1), value=-math.inf)
        values = first.index_select(0, ids[:, :count].masked_fill(beyond, characters).flatten())
        for place in range(1, width):
            values.add_(tables[place].index_select(0, ids[:, place : place + count].flatten()))
        return values.view(len(ids), count, filters)

    def _at(self, windows: LongTensor, tables: Tensor, ids: LongTensor) -> Tensor:
        """The sums at these windows, `(words, filters)` both."""
        width, characters, filters = tables.shape
        # (width, words, filters): the rows of the tables
        rows = [ids.gather(1, windows + place) + characters * place for place in range(width)]
        places = torch.stack(rows) * filters + torch.arange(filters, device=ids.device)
        return tables.flatten().index_select(0, places.flatten()).view(places.shape).sum(0)


def _places(values: Tensor, best: Tensor) -> LongTensor:
    """Where the `best`, `(words, filters)`, are among the `(words, windows, filters)`: the last of equals. In
    the values' own type, since what goes through bool is not vectorised, nor is torch's search for places."""
    equal = torch.eq(values, best.unsqueeze(1), out=torch.empty_like(values))
    numbers = torch.arange(values.shape[1], device=values.device, dtype=values.dtype)
    return equal.mul_(numbers.unsqueeze(1)).amax(1).long()
