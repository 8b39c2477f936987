"""The floor under a computation: its LSTMs, convolutions and matrix products alone."""

from collections.abc import Callable
from typing import Any, NamedTuple
from unittest.mock import patch

import torch
from torch import LongTensor, Tensor
from torch.autograd.function import BackwardCFunction
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from hmtl.encoders import CharacterCnn

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

    What a backward pass that is written by hand multiplies is noted where it is multiplied. The look-ups of
    `CharacterCnn` count as the convolution that they stand for, kept apart in `convolutions`: the floor is
    that of the model, whatever way it is computed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.convolutions: list[Call] = []
        self._by_hand = _BackwardByHand(self)
        self._look_ups = patch.object(
            CharacterCnn, "of_characters", self._counting(CharacterCnn.of_characters)
        )

    def __enter__(self) -> "Floor":
        self._look_ups.start()
        self._by_hand.__enter__()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._by_hand.__exit__(*error)
        self._look_ups.stop()

    def _counting(self, of_characters: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def counted(encoder: CharacterCnn, ids: LongTensor, alphabet: Tensor) -> Tensor:
            noted = len(self.calls)
            result = of_characters(encoder, ids, alphabet)
            del self.calls[noted:]
            # (words, embedding_dim, characters)
            words = alphabet[ids].transpose(1, 2).contiguous()
            for layer in encoder._convolution_layers:
                self.convolutions.append(_call(torch.conv1d, (words, layer.weight, layer.bias), {}))
            return result

        return counted

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
        self.calls.append(_call(func, args, kwargs))

    def run(self) -> None:
        """All noted calls, forward and backward; in inference mode what was noted there."""
        _run(self.calls)

    def run_convolutions(self) -> None:
        """The convolutions that look-ups stand for, likewise."""
        _run(self.convolutions)


def _call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    graph = torch.is_grad_enabled()

    def own(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return value.detach().clone().requires_grad_(graph and value.requires_grad)

    return Call(function, tree_map(own, args), tree_map(own, kwargs), torch.is_inference_mode_enabled())


def _run(calls: list[Call]) -> None:
    for function, arguments, options, inference in calls:
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
