"""The floor under a computation: its LSTMs, convolutions and matrix products alone."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map

LEAST_PRODUCTS = 10**5
"""Multiplications below which a matrix product does not count: those are steps of an algorithm, such as a
CRF's, and belong to what the floor is compared with."""

COUNTED = {"lstm", "conv1d", "linear", "matmul", "bmm", "mm", "addmm", "addmm_", "baddbmm", "einsum"}


class Call(NamedTuple):
    """One call of torch, with tensors of its own that want a gradient where the original ones did."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    inference: bool


class Floor(TorchFunctionMode):
    """Notes what a computation that runs within it spends on LSTMs, convolutions and matrix products; `run`
    does these again and nothing else, the backward passes of what wants a gradient included.

    What a backward pass that is written by hand multiplies is noted as it is multiplied.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "").removeprefix("__").removesuffix("__")
        if name in COUNTED and _products(name, args) >= LEAST_PRODUCTS:
            graph = torch.is_grad_enabled()

            def own(value: Any) -> Any:
                if not isinstance(value, Tensor):
                    return value
                return value.detach().clone().requires_grad_(graph and value.requires_grad)

            inference = torch.is_inference_mode_enabled()
            self.calls.append(Call(func, tree_map(own, args), tree_map(own, kwargs), inference))
        return func(*args, **kwargs)

    def run(self) -> None:
        """All noted calls, forward and backward; in inference mode what was noted there."""
        for function, arguments, options, inference in self.calls:
            with torch.inference_mode(inference):
                result = function(*arguments, **options)
            first = result[0] if isinstance(result, tuple) else result
            if first.requires_grad:
                first.backward(torch.ones_like(first))


def _products(name: str, args: tuple[Any, ...]) -> int:
    """How many multiplications a call takes, at least; that of an LSTM always count."""
    if name in ("lstm", "conv1d", "einsum"):
        return LEAST_PRODUCTS
    # of addmm and its like the last two are multiplied; a linear layer's bias comes after them
    tensors = [value for value in args if isinstance(value, Tensor)]
    first, second = tensors[:2] if name == "linear" else tensors[-2:]
    columns = second.shape[-2 if name == "linear" else -1] if second.dim() > 1 else 1
    return first.numel() * columns
