"""The training loop."""

from hmtl.training.trainer import HmtlTrainer

__all__ = ["HmtlTrainer"]
