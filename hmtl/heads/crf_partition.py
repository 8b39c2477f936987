"""The partition function of a linear-chain CRF with its gradient, without a graph of its steps."""

import math

import torch
from torch import LongTensor, Tensor
from torch.autograd.function import FunctionCtx, once_differentiable

_SPREAD = 60.0
_LOG2_E = 1 / math.log(2)


class LogPartition(torch.autograd.Function):
    """`log Σ_y exp(score(y))` of each row by the forward algorithm, and as gradient the marginals by the
    backward algorithm (Rabiner 1989, "A Tutorial on Hidden Markov Models", section III).

    Both run on probabilities, scaled at each word: a step is a matrix product and a few passes over
    `(rows, tags)`, where logarithms would take an exponential for every pair of tags. A tag that is left with
    none of the probability could not matter: with a factor of exp(-spread) at least, the best tag leads to
    wherever it leads, where `spread` is the widest range of a column of the transitions, or of the ends. So
    this serves where that is below a limit; CRFs in use have ranges of ten or so.
    """

    @staticmethod
    def serves(transitions: Tensor, end: Tensor) -> bool:
        """Whether single precision can hold what the transitions and ends, `(tags, tags)` and `(tags,)`,
        make of probabilities."""
        columns = torch.cat([transitions.detach(), end.detach().unsqueeze(1)], 1)
        return bool((columns.amax(0) - columns.amin(0)).amax() < _SPREAD)

    @staticmethod
    def forward(
        ctx: FunctionCtx, logits: Tensor, transitions: Tensor, start: Tensor, end: Tensor, last: LongTensor
    ) -> Tensor:
        """`(rows, tokens, tags)`, `(tags, tags)`, `(tags,)` twice and the place of each row's last word,
        `(rows,)`, to `(rows,)`. Padding holds finite numbers."""
        peaks = transitions.amax(0)
        factors = (transitions - peaks).exp_()
        # (tokens, rows, tags): the first word's with `start`, the others' with what `factors` lack
        turned = logits.transpose(0, 1)
        emitted = torch.add(turned, peaks, out=logits.new_empty(turned.shape))
        emitted[0] += start - peaks
        tops = emitted.amax(2, keepdim=True)
        # torch's exp2 takes a third of the time of its exp
        emitted.sub_(tops).mul_(_LOG2_E).exp2_()
        alphas = torch.empty_like(emitted)
        # (tokens, rows, 1)
        sums = torch.empty_like(tops)
        before = None
        for own, alpha, total in zip(emitted.unbind(), alphas.unbind(), sums.unbind(), strict=True):
            if before is None:
                alpha.copy_(own)
            else:
                torch.mm(before, factors, out=alpha).mul_(own)
            torch.sum(alpha, 1, keepdim=True, out=total)
            before = alpha.div_(total)
        # (rows,)
        rows = torch.arange(len(last), device=last.device)
        scales = (sums.log() + tops).squeeze(2).cumsum(0)[last, rows]
        top = end.amax()
        ended = (end - top).exp_()
        left = alphas[last, rows] @ ended
        ctx.save_for_backward(alphas, emitted.div_(sums), factors, ended, last, rows, left)
        return scales + left.log() + top

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The marginals, times `gradient` `(rows,)`."""
        alphas, emitted, factors, ended, last, rows, left = ctx.saved_tensors  # type: ignore[attr-defined]
        # (tokens, rows, tags): 0 after a row's last word
        betas = torch.zeros_like(alphas)
        betas[last, rows] = ended * (gradient / left).unsqueeze(1)
        ahead = torch.empty_like(emitted)
        # taken apart once: to take a word out of each tensor at each step costs as much as the step
        words = [tensor.unbind() for tensor in (emitted, betas, ahead)]
        steps = list(zip(*words, strict=True))
        back = factors.t()
        for (own, beta, product), (_, before, _) in zip(steps[:0:-1], steps[-2::-1], strict=True):
            torch.mul(own, beta, out=product)
            before.addmm_(product, back)
        marginals = alphas * betas
        # (tags, tags): from the words before to those that follow
        moved = alphas[:-1].flatten(0, 1).t() @ ahead[1:].flatten(0, 1)
        return (
            marginals.transpose(0, 1),
            moved * factors,
            marginals[0].sum(0),
            marginals[last, rows].sum(0),
            None,
        )
