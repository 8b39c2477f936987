"""Optimisers that AllenNLP lacks."""

from typing import Any

import torch
from allennlp.training.optimizers import AdamOptimizer, Optimizer


@Optimizer.register("fused_adam")
class FusedAdam(AdamOptimizer):
    """AllenNLP's `adam` (same parameters, same equations) in torch's fused kernel, one pass over memory
    instead of eight. Where every task has an optimiser over all parameters, a large part of a small model's
    step goes there."""

    def __init__(self, model_parameters: list[tuple[str, torch.nn.Parameter]], **kwargs: Any) -> None:
        super().__init__(model_parameters, **kwargs)
        for group in (self.defaults, *self.param_groups):
            group["fused"] = True
