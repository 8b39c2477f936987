"""The floor under a computation: its LSTMs, convolutions and matrix products alone."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
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

    What a backward pass that is written by hand multiplies is noted where it is multiplied.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self._by_hand = _BackwardByHand(self)

    def __enter__(self) -> "Floor":
        self._by_hand.__enter__()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._by_hand.__exit__(*error)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.note(func, args, kwargs or {})
        return func(*args, **kwargs or {})

    def note(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Keeps the call if it is one that counts."""
        name = getattr(func, "__name__", "").partition(".")[0].removeprefix("__").removesuffix("__")
        if name not in COUNTED or _products(name, args) < LEAST_PRODUCTS:
            return
        graph = torch.is_grad_enabled()

        def own(value: Any) -> Any:
            if not isinstance(value, Tensor):
                return value
            return value.detach().clone().requires_grad_(graph and value.requires_grad)

        inference = torch.is_inference_mode_enabled()
        self.calls.append(Call(func, tree_map(own, args), tree_map(own, kwargs), inference))

    def run(self) -> None:
        """All noted calls, forward and backward; in inference mode what was noted there."""
        for function, arguments, options, inference in self.calls:
            with torch.inference_mode(inference):
                result = function(*arguments, **options)
            first = result[0] if isinstance(result, tuple) else result
            if first.requires_grad:
                first.backward(torch.ones_like(first))


class _BackwardByHand(TorchDispatchMode):
    """Notes what the `backward` of a `torch.autograd.Function` calls, which a mode of functions does not
    see."""

    def __init__(self, floor: Floor) -> None:
        super().__init__()
        self.floor = floor

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if isinstance(torch._C._current_autograd_node(), BackwardCFunction):
            self.floor.note(func, args, kwargs or {})
        return func(*args, **kwargs or {})


def _products(name: str, args: tuple[Any, ...]) -> int:
    """How many multiplications a call takes, at least; that of an LSTM always count."""
    if name in ("lstm", "conv1d", "einsum"):
        return LEAST_PRODUCTS
    # of addmm and its like the last two are multiplied; a linear layer's bias comes after them
    tensors = [value for value in args if isinstance(value, Tensor)]
    first, second = tensors[:2] if name == "linear" else tensors[-2:]
    columns = second.shape[-2 if name == "linear" else -1] if second.dim() > 1 else 1
    return first.numel() * columns
