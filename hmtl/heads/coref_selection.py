"""Which earlier spans are compared with each span."""

import math

import torch
from torch import LongTensor, Tensor, nn
from torch.nn.functional import pad

ROWS = 128
"""Spans compared with earlier ones at a time: a few more would meet many that are later, or of another
document."""


def nearest(spans: int, k: int, device: torch.device) -> LongTensor:
    """`(spans, k)`: the k spans before each, the nearest first; below 0 where there are none."""
    return torch.arange(spans, device=device).unsqueeze(1) - torch.arange(1, k + 1, device=device)


def best_by_coarse(
    coarse: nn.Linear,
    spans: Tensor,
    mention_scores: Tensor,
    begins: LongTensor,
    k: int,
    window: int | None,
    budget: int,
) -> tuple[LongTensor, Tensor]:
    """The antecedents j of each span i that are best by s_m(j) + s_c(i, j), where s_c(i, j) = g_iᵀ W g_j (Lee
    et al. 2018, equation 9), and s_c: `(spans, k)` both.

    Of span n of its document the first min(n, k) are real. A block of spans at a time is compared with all
    that come earlier, so memory is linear in the text; time is quadratic unless there is a window.

    # Parameters

    coarse : W. spans, mention_scores : g, `(spans, span_dim)`, and s_m, `(spans)`.
    begins : the first span of each one's document, `(spans)`, on the CPU.
    k : at least 1. window : how many spans back to look. budget : bytes.
    """
    first_of, begins = begins.tolist(), begins.to(spans.device)
    window = window or len(spans)

    def compute(first: int, last: int) -> tuple[LongTensor, Tensor]:
        # (block, 1)
        rows = torch.arange(first, last, device=spans.device).unsqueeze(1)
        origin = max(first_of[first], first - window)
        earlier = slice(origin, last)
        columns = torch.arange(origin, last, device=spans.device)
        # (block, columns)
        pairs = coarse(spans[first:last]) @ spans[earlier].t()
        scores = pairs.detach() + mention_scores.detach()[earlier]
        beyond = (columns >= rows) | (columns < rows - window) | (columns < begins[first:last, None])
        best = scores.masked_fill_(beyond, -math.inf).topk(min(k, last - origin)).indices
        missing = k - best.shape[1]
        return pad(best + origin, (0, missing)), pad(pairs.gather(1, best), (0, missing))

    size = max(1, min(ROWS, budget // (3 * 4 * max(1, len(spans)))))
    blocks = [compute(n, min(n + size, len(spans))) for n in range(0, len(spans), size)]
    antecedents, pairs = (torch.cat(parts) for parts in zip(*blocks, strict=True))
    return antecedents, pairs
