"""Where mixed precision does not reach."""

import torch

from hmtl.single_precision import single_precision


def test_products_are_in_single_precision_with_autocast_around_or_without():
    matrix = torch.ones(2, 2)
    for enabled, outside in ((True, torch.bfloat16), (False, torch.float32)):
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            with single_precision("cpu"):
                assert (matrix @ matrix).dtype == torch.float32
            assert (matrix @ matrix).dtype == outside
