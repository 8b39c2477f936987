"""Bands against a loop over pairs."""

import pytest
import torch

from hmtl.heads.band import MAX_BLOCK, band_of, block_size, blocks_of, windows_of


@pytest.mark.parametrize("width", [1, 2, 7, 31, 80])
@pytest.mark.parametrize("count", [1, 13, 150])
def test_band_holds_the_product_of_each_word_with_those_after_it(width, count):
    left, right = torch.randn(count, 3), torch.randn(count, 3)
    block = block_size(width)
    blocks = blocks_of(left, block)
    for piece in (range(len(blocks)), range(len(blocks) - 1, len(blocks))):
        windows = windows_of(blocks_of(right, block), piece, width)
        assert windows.shape == (len(piece), block + width - 1, 3)
        band = band_of(blocks[piece.start : piece.stop] @ windows.transpose(1, 2), width)
        assert band.shape == (len(piece), block, width)
        for word in range(piece.start * block, count):
            for distance in range(width):
                expected = (
                    left[word] @ right[word + distance] if word + distance < count else torch.tensor(0.0)
                )
                torch.testing.assert_close(
                    band[word // block - piece.start, word % block, distance], expected
                )


def test_blocks_keep_every_word_and_end_in_zeros():
    words = torch.randn(10, 2, 3)
    blocks = blocks_of(words, 4)
    assert blocks.shape == (3, 4, 2, 3)
    assert blocks.flatten(0, 1)[:10].equal(words) and blocks.flatten(0, 1)[10:].eq(0).all()
    assert blocks_of(words, 5).shape == (2, 5, 2, 3)


def test_blocks_are_never_large():
    assert block_size(3) == 6 and block_size(10**6) == MAX_BLOCK
