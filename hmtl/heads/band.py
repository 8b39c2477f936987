"""A band of the matrix of all pairs of words: each word with itself and the words that follow it closely.

The words of a batch are laid end to end and cut into blocks. The words that a block may be paired with are
its window: the block and the words that follow, up to the width of the band.
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

MAX_BLOCK = 64


def block_size(width: int) -> int:
    """How many words a block has. Twice the width leaves a third of the pairs outside the band."""
    return min(2 * width, MAX_BLOCK)


def blocks_of(words: Tensor, block: int) -> Tensor:
    """`(words, …)` to `(blocks, block, …)`; the last block is filled with zeros."""
    count, missing = -(-len(words) // block), -len(words) % block
    filled = torch.cat([words, words.new_zeros(missing, *words.shape[1:])])
    return filled.view(count, block, *words.shape[1:])


def windows_of(blocks: Tensor, chosen: range, width: int) -> Tensor:
    """The windows of some consecutive blocks: `(chosen, block + width - 1, dim)` from `(blocks, block, dim)`.
    After the last word come zeros."""
    block, window = blocks.shape[1], blocks.shape[1] + width - 1
    # the blocks that a window touches
    reach = -(-window // block)
    reached = blocks[chosen.start : chosen.stop + reach - 1]
    missing = len(chosen) + reach - 1 - len(reached)
    reached = torch.cat([reached, reached.new_zeros(missing, *reached.shape[1:])])
    # a slice for each shift or for each window, whichever are fewer: backward fills a tensor for every slice
    if reach < len(chosen):
        return torch.cat([reached[i : i + len(chosen)] for i in range(reach)], 1)[:, :window]
    return torch.stack([reached[i : i + reach].flatten(0, 1)[:window] for i in range(len(chosen))])


def band_of(pairs: Tensor, width: int) -> Tensor:
    """From pairs by the word of the window, `(…, block, window)`, to pairs by distance, `(…, block, width)`:
    `band[i, w] = pairs[i, i + w]`."""
    *outer, block, window = pairs.shape
    # rows that are one longer: each next row begins one word later
    sheared = pad(pairs.flatten(-2), (0, block)).view(*outer, block, window + 1)
    return sheared[..., :width]
