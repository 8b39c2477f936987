"""What a task learnt and lost again, and whose steps are to blame."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hmtl.report.run import Interference


@dataclass(frozen=True)
class Cause:
    """What all steps of `source` did to the task's training loss while its score fell: an estimate, positive
    where they raised it. `samples`: sampled steps of the source that it rests on."""

    source: str
    effect: float
    samples: int


@dataclass(frozen=True)
class Drop:
    """A score below the task's own best so far.

    # Parameters

    epoch : of the lower score. best_epoch : of the best until then. size : of the drop, above 0.
    causes : the largest effect first; empty where no step of these epochs was sampled: unknown.
    sampled, epochs : how many of the epochs after the best one, up to this, have estimates, and how many
        there are.
    """

    epoch: int
    best_epoch: int
    size: float
    causes: tuple[Cause, ...]
    sampled: int
    epochs: int

    @property
    def culprits(self) -> tuple[Cause, ...]:
        """The sources whose steps raised the loss."""
        return tuple(cause for cause in self.causes if cause.effect > 0)


@dataclass(frozen=True)
class Forgetting:
    """A task's drops.

    # Parameters

    sizes : the drop of each epoch whose score is a number, 0 at a best.
    largest : the first of the largest drops. final : that of the last epoch. None: no drop.
    """

    sizes: Mapping[int, float]
    largest: Drop | None
    final: Drop | None


def forgetting(
    task: str, scores: Mapping[int, float], interference: Mapping[int, Interference]
) -> Forgetting:
    """How far a task's score falls below its own best so far.

        drop(e) = max over e' ≤ e of score(e')  −  score(e)

    and, for the cause of a drop, the effect of source s on the task summed over the epochs in which it arose,
    those after the best one up to e: Σ effect[s][task] (see `hmtl.training.interference`).

    # Parameters

    scores : by epoch, in order; higher is better. NaN and infinite ones have no drop.
    interference : by epoch, where gradients were sampled.
    """
    bests, best = {}, None
    numbers = {epoch: score for epoch, score in scores.items() if math.isfinite(score)}
    for epoch, score in numbers.items():
        best = epoch if best is None or score > numbers[best] else best
        bests[epoch] = best
    sizes = {epoch: numbers[bests[epoch]] - score for epoch, score in numbers.items()}

    def drop(epoch: int | None) -> Drop | None:
        if not sizes.get(epoch, 0):
            return None
        between = [number for number in scores if bests[epoch] < number <= epoch]
        sampled = {number: interference[number] for number in between if number in interference}
        causes, covered = _causes(task, sampled)
        return Drop(epoch, bests[epoch], sizes[epoch], causes, covered, len(between))

    return Forgetting(
        sizes, drop(max(sizes, key=sizes.get, default=None)), drop(next(reversed(scores), None))
    )


def _causes(task: str, epochs: Mapping[int, Interference]) -> tuple[tuple[Cause, ...], int]:
    """The causes, the largest effect first, and how many of the epochs know one."""
    effects: Counter[str] = Counter()
    samples: Counter[str] = Counter()
    known = 0
    for sampled in epochs.values():
        found = {
            source: own[task]
            for source, own in sampled.effect.items()
            if math.isfinite(own.get(task, math.nan))
        }
        known += bool(found)
        for source, effect in found.items():
            effects[source] += effect
            samples[source] += sampled.samples.get(source, 0)
    ranked = sorted(effects, key=lambda source: (-effects[source], source))
    return tuple(Cause(source, effects[source], samples[source]) for source in ranked), known
