"""The product of span vectors that pair scores need, without a tensor of all pairs."""

import torch
from torch import LongTensor, Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

BLOCK = 2**20
"""Bytes of pair vectors at a time: few enough to stay in a CPU's cache."""


class PairProducts(torch.autograd.Function):
    """`W (g_i ∘ g_j)` for pairs of spans i and j.

    A plain computation would keep the `(pairs, span_dim)` products for the backward pass, by far the largest
    tensors of the model. Here they live for a block of pairs at a time and are computed again when needed.
    """

    @staticmethod
    def forward(
        ctx: FunctionCtx, spans: Tensor, weight: Tensor, anaphors: LongTensor, antecedents: LongTensor
    ) -> Tensor:
        """`spans` g `(spans, span_dim)`, which `anaphors` i and `antecedents` j, `(pairs)`, index, and
        `weight` W `(hidden, span_dim)` to `(pairs, hidden)`."""
        ctx.save_for_backward(spans, weight, anaphors, antecedents)
        hidden = spans.new_empty(len(anaphors), len(weight))
        for pairs in _blocks(anaphors, spans):
            products = spans.index_select(0, anaphors[pairs]).mul_(spans.index_select(0, antecedents[pairs]))
            torch.mm(products, weight.t(), out=hidden[pairs])
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of spans and weight, block by block."""
        spans, weight, anaphors, antecedents = ctx.saved_tensors  # type: ignore[attr-defined]
        d_spans, d_weight = torch.zeros_like(spans), torch.zeros_like(weight)
        for pairs in _blocks(anaphors, spans):
            i, j = anaphors[pairs], antecedents[pairs]
            # (block, span_dim)
            mine, theirs = spans.index_select(0, i), spans.index_select(0, j)
            d_product = gradient[pairs] @ weight
            d_weight.addmm_(gradient[pairs].t(), mine * theirs)
            d_spans.index_add_(0, i, theirs.mul_(d_product))
            d_spans.index_add_(0, j, mine.mul_(d_product))
        return d_spans, d_weight, None, None


def _blocks(pairs: Tensor, spans: Tensor) -> list[slice]:
    size = max(1, BLOCK // (spans.shape[1] * spans.element_size()))
    return [slice(first, first + size) for first in range(0, len(pairs), size)]
