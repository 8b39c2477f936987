"""The training loop."""

from hmtl.training.train_model import HmtlTrainModel
from hmtl.training.trainer import HmtlTrainer

__all__ = ["HmtlTrainModel", "HmtlTrainer"]
