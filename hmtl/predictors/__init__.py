"""Raw text or files in, annotated Documents out."""

from hmtl.predictors.predictor import HmtlPredictor

__all__ = ["HmtlPredictor"]
