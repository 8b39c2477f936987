"""The processes that train one model together."""

import json
from typing import Any

import torch
from torch import Tensor, distributed, nn


class Ranks:
    """This process among those of AllenNLP's `distributed`; a run of one process is rank 0 of 1.

    Every rank draws the same tasks and batches and takes its part of each batch. Gradients are summed here
    and not by `DistributedDataParallel`: a step uses one task's head and levels, and a rank may have no part
    of a small batch at all; DDP would have to search the graph for what is unused in every step, and divides
    by the number of ranks where the parts of our losses add up.
    """

    def __init__(self) -> None:
        self.many = distributed.is_available() and distributed.is_initialized()
        self.rank = distributed.get_rank() if self.many else 0
        self.size = distributed.get_world_size() if self.many else 1

    def share(self, model: nn.Module) -> None:
        """Gives every rank the weights of the first."""
        if self.many:
            for tensor in model.state_dict().values():
                distributed.broadcast(tensor, 0)

    def sum_gradients(self, parameters: list[nn.Parameter], loss: Tensor) -> Tensor:
        """Sums loss and gradients over the ranks, in place: a parameter has one where it has one on any rank.
        Returns the loss of the whole batch."""
        if not self.many:
            return loss
        used = [float(parameter.grad is not None) for parameter in parameters]
        # (1 + parameters,)
        facts = torch.cat([loss.detach().double().view(1), loss.new_tensor(used, dtype=torch.double)])
        distributed.all_reduce(facts)
        whole, *users = facts.tolist()
        with_gradient = [p for p, count in zip(parameters, users, strict=True) if count]
        for parameter in with_gradient:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            elif parameter.grad.is_sparse:
                parameter.grad = parameter.grad.to_dense()
        gradients = [parameter.grad for parameter in with_gradient]
        if gradients:
            flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
            distributed.all_reduce(flat)
            pieces = flat.split([gradient.numel() for gradient in gradients])
            torch._foreach_copy_(
                gradients, [piece.view_as(g) for piece, g in zip(pieces, gradients, strict=True)]
            )
        return loss.new_tensor(whole)

    def sum(self, *values: float) -> list[float]:
        """Each value summed over the ranks."""
        if not self.many:
            return list(values)
        total = torch.tensor(values, dtype=torch.double, device=self._device)
        distributed.all_reduce(total)
        return total.tolist()

    def any(self, holds: bool) -> bool:
        """Whether it holds on any rank."""
        return self.sum(float(holds))[0] > 0

    def gather(self, value: Any) -> list[Any]:
        """What each rank, in order, has given: plain values, as JSON."""
        if not self.many:
            return [value]
        text = torch.tensor(list(json.dumps(value).encode()), dtype=torch.uint8, device=self._device)
        sizes = [text.new_zeros(1, dtype=torch.long) for _ in range(self.size)]
        distributed.all_gather(sizes, torch.tensor([len(text)], device=self._device))
        # (longest text,) of each rank
        padded = text.new_zeros(max(map(int, sizes)))
        padded[: len(text)] = text
        texts = [torch.empty_like(padded) for _ in range(self.size)]
        distributed.all_gather(texts, padded)
        return [json.loads(bytes(t[: int(n)].tolist())) for t, n in zip(texts, sizes, strict=True)]

    @property
    def _device(self) -> torch.device:
        return torch.device("cuda" if distributed.get_backend() == "nccl" else "cpu")

    def wait(self) -> None:
        """Until all ranks are here."""
        if self.many:
            distributed.barrier()
