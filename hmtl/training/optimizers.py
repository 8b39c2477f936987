"""Optimisers that AllenNLP lacks."""

from collections.abc import Callable
from typing import Any

import torch
from allennlp.training.optimizers import AdamOptimizer, Optimizer
from torch import Tensor


@Optimizer.register("fused_adam")
class FusedAdam(AdamOptimizer):
    """AllenNLP's `adam` (same parameters, same equations) in torch's fused kernel, one pass over memory
    instead of eight. Where every task has an optimiser over all parameters, a large part of a small model's
    step goes there.

    On a processor the number of a parameter's steps is a number: torch keeps a tensor of one for each, and
    counting in those takes as long as the kernel.
    """

    def __init__(self, model_parameters: list[tuple[str, torch.nn.Parameter]], **kwargs: Any) -> None:
        super().__init__(model_parameters, **kwargs)
        for group in (self.defaults, *self.param_groups):
            group["fused"] = True

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for parameter, own in self.state.items():
            if parameter.device.type == "cpu":
                own["step"] = float(own["step"])

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates the parameters that have a gradient."""
        if any(p.device.type != "cpu" for group in self.param_groups for p in group["params"]):
            return super().step(closure)
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            self._update(group, [p for p in group["params"] if p.grad is not None])
        return loss

    def _update(self, group: dict[str, Any], parameters: list[torch.nn.Parameter]) -> None:
        if not parameters:
            return
        moments = ["exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if group["amsgrad"] else [])]
        states = [self.state[p] or self._begun(p, moments) for p in parameters]
        for own in states:
            own["step"] += 1.0
        counts: dict[float, Tensor] = {number: torch.tensor(number) for number in {s["step"] for s in states}}
        first, second, *most = ([own[name] for own in states] for name in moments)
        torch._fused_adam_(
            parameters,
            [p.grad for p in parameters],
            first,
            second,
            *(most or [[]]),
            [counts[own["step"]] for own in states],
            amsgrad=group["amsgrad"],
            lr=group["lr"],
            beta1=group["betas"][0],
            beta2=group["betas"][1],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=group["maximize"],
        )

    def _begun(self, parameter: torch.nn.Parameter, moments: list[str]) -> dict[str, Any]:
        own = self.state[parameter]
        own["step"] = 0.0
        for name in moments:
            own[name] = torch.zeros_like(parameter, memory_format=torch.preserve_format)
        return own
