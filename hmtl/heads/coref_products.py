"""The two products of span vectors that pair scores need, without a tensor of all pairs."""

from typing import Any

import torch
from torch import LongTensor, Tensor

BLOCK = 8 * 2**20
"""Bytes of pair vectors at a time: few enough to stay in a CPU's cache."""


class PairProducts(torch.autograd.Function):
    """For span i and its k-th antecedent j: `W (g_i ∘ g_j)` and `q_i · g_j`.

    A plain computation would keep the `(spans, k, span_dim)` products for the backward pass, by far the
    largest tensors of the model. Here they live for a block of rows at a time and are computed again when
    needed.
    """

    @staticmethod
    def forward(
        ctx: Any, spans: Tensor, queries: Tensor, others: Tensor, weight: Tensor, antecedents: LongTensor
    ) -> tuple[Tensor, Tensor]:
        """`spans` g_i and `queries` q_i `(rows, span_dim)`, `others` `(spans, span_dim)` that `antecedents`
        `(rows, k)` index, `weight` `(hidden, span_dim)` to `(rows, k, hidden)` and `(rows, k)`."""
        ctx.save_for_backward(spans, queries, others, weight, antecedents)
        hidden = spans.new_empty(*antecedents.shape, len(weight))
        affinity = spans.new_empty(antecedents.shape)
        for rows in _blocks(antecedents, spans):
            # (block, k, span_dim)
            chosen = _choose(others, antecedents[rows])
            affinity[rows] = (queries[rows].unsqueeze(1) @ chosen.transpose(1, 2)).squeeze(1)
            hidden[rows] = chosen.mul_(spans[rows].unsqueeze(1)) @ weight.t()
        return hidden, affinity

    @staticmethod
    def backward(ctx: Any, d_hidden: Tensor, d_affinity: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of the four tensors, block by block."""
        spans, queries, others, weight, antecedents = ctx.saved_tensors
        d_spans, d_queries = torch.empty_like(spans), torch.empty_like(queries)
        d_others, d_weight = torch.zeros_like(others), torch.zeros_like(weight)
        for rows in _blocks(antecedents, spans):
            span, query, index = spans[rows].unsqueeze(1), queries[rows].unsqueeze(1), antecedents[rows]
            # (block, k, span_dim)
            chosen = _choose(others, index)
            d_queries[rows] = (d_affinity[rows].unsqueeze(1) @ chosen).squeeze(1)
            d_product = d_hidden[rows] @ weight
            d_spans[rows] = (d_product * chosen).sum(1)
            d_weight.addmm_(d_hidden[rows].flatten(0, 1).t(), chosen.mul_(span).flatten(0, 1))
            d_chosen = d_product.mul_(span).addcmul_(d_affinity[rows].unsqueeze(2), query)
            d_others.index_add_(0, index.flatten(), d_chosen.flatten(0, 1))
        return d_spans, d_queries, d_others, d_weight, None


def _choose(spans: Tensor, index: LongTensor) -> Tensor:
    # index_select copies whole rows: twice as fast here as indexing with a matrix
    return spans.index_select(0, index.flatten()).view(*index.shape, spans.shape[1])


def _blocks(antecedents: LongTensor, spans: Tensor) -> list[slice]:
    rows = max(1, BLOCK // max(1, antecedents.shape[1] * spans.shape[1] * spans.element_size()))
    return [slice(first, first + rows) for first in range(0, len(antecedents), rows)]
