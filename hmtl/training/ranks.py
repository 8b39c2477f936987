"""The processes that train one model together."""

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
        device = torch.device("cuda") if distributed.get_backend() == "nccl" else torch.device("cpu")
        total = torch.tensor(values, dtype=torch.double, device=device)
        distributed.all_reduce(total)
        return total.tolist()

    def wait(self) -> None:
        """Until all ranks are here."""
        if self.many:
            distributed.barrier()
