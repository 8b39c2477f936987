"""How the tasks disturb or help each other in what they share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Interference:
    """Agreement of the tasks' gradients, and what each task's steps do to the others' losses.

    g_t is the gradient of task t's loss with respect to the shared parameters θ as of t's last sampled step
    (one batch, before clipping); a parameter that the loss does not reach has gradient 0. At a sampled step
    of task s, which the optimiser takes from θ to θ + Δθ:

        cosine of s and t on a part = cos(g_s, g_t), over the part's parameters
        effect of s on t = g_t · Δθ ≈ L_t(θ + Δθ) − L_t(θ)        (Taylor, first order)
        norm of s on a part = ‖g_s‖, over the part's parameters

    A negative cosine is what Yu et al. (2020, arXiv 2001.06782, definition 1) call conflicting gradients. A
    negative effect lowers t's loss; a positive one, on another task, is interference. Δθ is the real step,
    with clipping, momentum, learning rate and weight decay. Fifty et al. (2021, arXiv 2109.04617) measure the
    effect of a step by another forward pass of every task; here it costs none.

    What this does not see: the curvature of L_t, so a long step that overshoots still counts as good; how g_t
    has changed since t's last sampled step, and how it would differ on other batches; the heads, so a task's
    effect on itself is that of its shared parameters alone. One sample is noise, an epoch's mean less so.

    All sums stay on the parameters' device until `figures` asks for them. A term that is no finite number (a
    gradient of 0 has no direction, one that overflowed no length) does not count. Memory: as much as the
    shared parameters for each task, and twice that while a step is sampled.

    # Parameters

    parts : the shared parameters by the part of the model that they are in; disjoint.
    interval : every how many steps of a task one is sampled.
    """

    def __init__(self, parts: Mapping[str, Sequence[nn.Parameter]], interval: int) -> None:
        self.parts = {part: list(parameters) for part, parameters in parts.items() if len(parameters)}
        self.interval = interval
        # by task, and by part that the task's loss reaches: (elements of the part,)
        self._gradients: dict[str, dict[str, Tensor]] = {}
        # the same parts' parameters before the step that is being sampled
        self._weights: dict[str, Tensor] = {}
        self._samples: Counter[str] = Counter()
        # by ("cosine", part, a, b), a < b, ("norm", part, task) or ("effect", source, target): (2,), sum and
        # number of terms
        self._sums: dict[tuple[str, ...], Tensor] = {}

    def wants(self, task: str, task_step: int) -> bool:
        """Whether to sample this step of a task. `task_step`: how many it has taken before, in all epochs."""
        return task_step % self.interval == 0

    @torch.no_grad()
    def before(self, task: str) -> None:
        """Between the backward pass and clipping."""
        reached = {
            part: parameters
            for part, parameters in self.parts.items()
            if any(parameter.grad is not None for parameter in parameters)
        }
        self._weights = {part: _flat(parameters) for part, parameters in reached.items()}
        mine = {part: _flat([_gradient(p) for p in parameters]) for part, parameters in reached.items()}
        self._gradients[task] = mine
        self._samples[task] += 1
        norms = {part: gradient.norm().double() for part, gradient in mine.items()}
        for part, norm in norms.items():
            self._add(("norm", part, task), norm)
        for other, theirs in self._gradients.items():
            for part in mine:
                if other != task and part in theirs:
                    both = norms[part] * theirs[part].norm().double()
                    cosine = torch.dot(mine[part], theirs[part]).double() / both
                    self._add(("cosine", part, *sorted((task, other))), cosine)

    @torch.no_grad()
    def after(self, task: str) -> None:
        """Right after the optimiser's step."""
        # a part without gradient does not move
        moves = {part: _flat(self.parts[part]) - weights for part, weights in self._weights.items()}
        self._weights = {}
        for target, gradient in self._gradients.items():
            terms = [torch.dot(gradient[part], moves[part]).double() for part in moves if part in gradient]
            if terms:
                self._add(("effect", task, target), torch.stack(terms).sum())

    def _add(self, key: tuple[str, ...], term: Tensor) -> None:
        counts = term.isfinite()
        # (2,)
        new = torch.stack([torch.where(counts, term, 0.0), counts.double()])
        self._sums[key] = self._sums[key] + new if key in self._sums else new

    def figures(self, steps: Mapping[str, int]) -> dict[str, Any]:
        """Of the epoch that ends; then the next one's sums begin. The gradients stay.

        # Parameters

        steps : of each task in the epoch.

        # Returns

        `samples` by task; `cosine` by part and pair `a~b` (a before b in the alphabet), the mean; `norm` by
        part and task, the mean; `effect` by source and target, of all steps of the source: their number times
        the mean of those sampled.
        """
        means = self._means()
        cosine: dict[str, dict[str, float]] = {part: {} for part in self.parts}
        norm: dict[str, dict[str, float]] = {part: {} for part in self.parts}
        effect: dict[str, dict[str, float]] = {task: {} for task in sorted(self._samples)}
        for kind, *names in sorted(means):
            mean = means[kind, *names]
            if kind == "cosine":
                part, a, b = names
                cosine[part][f"{a}~{b}"] = mean
            elif kind == "norm":
                part, task = names
                norm[part][task] = mean
            else:
                source, target = names
                effect[source][target] = mean * steps[source]
        samples = dict(sorted(self._samples.items()))
        self._samples, self._sums = Counter(), {}
        by_kind = {"cosine": cosine, "norm": norm, "effect": effect}
        return {"samples": samples, **{kind: _filled(values) for kind, values in by_kind.items()}}

    def _means(self) -> dict[tuple[str, ...], float]:
        sums = {key: value.tolist() for key, value in self._sums.items()}
        return {key: total / number for key, (total, number) in sums.items() if number}

    def state_dict(self) -> dict[str, Any]:
        return {
            "gradients": {task: dict(gradient) for task, gradient in self._gradients.items()},
            "samples": dict(self._samples),
            "sums": [[*key, value] for key, value in self._sums.items()],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        devices = {part: parameters[0].device for part, parameters in self.parts.items()}
        self._gradients = {
            task: {part: value.to(devices[part], copy=True) for part, value in gradient.items()}
            for task, gradient in state["gradients"].items()
        }
        self._samples = Counter(state["samples"])
        device = next(iter(devices.values()), None)
        self._sums = {tuple(key): value.to(device, copy=True) for *key, value in state["sums"]}


def _filled(by_name: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: values for name, values in by_name.items() if values}


def _gradient(parameter: nn.Parameter) -> Tensor:
    if parameter.grad is None:
        return torch.zeros_like(parameter)
    return parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad


def _flat(tensors: Sequence[Tensor]) -> Tensor:
    """A copy: `(elements of all,)`."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
