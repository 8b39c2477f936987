"""Max pooling over many ranges of one sequence."""

import torch
from torch import LongTensor, Tensor


def range_max(values: Tensor, starts: LongTensor, ends: LongTensor) -> Tensor:
    """Elementwise maximum of `values`, `(words, dim)`, over the words of each range, both ends inclusive; 0
    where a range is empty (its end before its start). Returns `(ranges, dim)`.

    A sparse table: row k holds the maxima of all windows of 2^k words, and any range is the union of two such
    windows. So the cost is that of words · log(longest range) + ranges, however long the ranges are.
    """
    lengths = ends - starts + 1
    empty = lengths < 1
    # (ranges,): k with 2^k ≤ length < 2^(k+1)
    order = torch.frexp(lengths.clamp(min=1).double()).exponent.long() - 1
    table, firsts = [values], [0]
    for k in range(int(order.max()) if len(order) else 0):
        # (words + 1 - 2^(k+1), dim)
        table.append(torch.maximum(table[-1][: -(2**k)], table[-1][2**k :]))
        firsts.append(firsts[-1] + len(table[-2]))
    windows = torch.cat(table)
    first = torch.tensor(firsts, device=values.device)[order]
    left = (first + starts).masked_fill(empty, 0)
    right = (first + ends + 1 - 2**order).masked_fill(empty, 0)
    return torch.maximum(windows[left], windows[right]).masked_fill(empty.unsqueeze(1), 0.0)
