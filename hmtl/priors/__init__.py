"""What training believes of the parameters before it sees a batch: penalties beside the loss."""

from hmtl.priors.prior import Prior
from hmtl.priors.successive import Successive

__all__ = ["Prior", "Successive"]
