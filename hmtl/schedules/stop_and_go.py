"""Tasks that have converged pause until they fall back."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from hmtl.schedules.schedule import Plan, Schedule, check


@Schedule.register("stop_and_go")
class StopAndGo(Schedule):
    """Dynamic stop-and-go (Lu et al. 2020, "12-in-1", algorithm 1).

    An epoch is made of rounds, in which every task that goes has one step; one that is stopped has a step in
    every Δ-th round, from the first on. After each epoch a task that goes stops if its validation score has
    hardly gained, b_w − b < gain·|b|: b_w the best of the last w epochs, b the best before them. One that is
    stopped goes again if its score s has fallen, best − s > fall·|best|, and can stop again after w more
    epochs. A task that is not validated always goes.

    # Parameters

    gain, window : the share and w. fall : the share below the best. gap : Δ.
    """

    without_scores: ClassVar[str | None] = "no task has stopped"

    def __init__(
        self,
        gain: float = 0.001,
        window: int = 2,
        fall: float = 0.005,
        gap: int = 4,
        steps_per_epoch: int | None = None,
    ) -> None:
        super().__init__(steps_per_epoch)
        for key, share in (("gain", gain), ("fall", fall)):
            check(key, share, 0 <= share < 1, "a share from 0 to less than 1")
        for key, number in (("window", window), ("gap", gap)):
            check(key, number, number > 0, "at least 1")
        self.gain, self.window, self.fall, self.gap = gain, window, fall, gap

    def probabilities(self, epoch: int, plan: Plan) -> np.ndarray:
        steps, names = self.steps(plan), list(plan.sizes)
        stopped = {number for number, task in enumerate(names) if self.is_stopped(task, epoch, plan)}
        # epochs shorter than a round begin where the last one ended
        turn = [(epoch * steps + number) % len(names) for number in range(len(names))]
        going = [number for number in turn if number not in stopped]
        cycle = turn + going * (self.gap - 1)
        # (steps, tasks)
        return np.eye(len(names))[np.resize(cycle, steps)]

    def is_stopped(self, task: str, epoch: int, plan: Plan) -> bool:
        """Whether the task is stopped in this epoch, by the scores of those before."""
        scores = [done[task] for done in plan.scores[:epoch] if task in done]
        stopped, since = False, 0
        for end in range(1, len(scores) + 1):
            known = scores[:end]
            if self._has_fallen(known) if stopped else self._has_converged(known, end - since):
                stopped, since = not stopped, end
        return stopped

    def _has_converged(self, scores: Sequence[float], gone: int) -> bool:
        """Whether a task stops that has gone for so many epochs."""
        if gone < self.window or len(scores) == self.window:
            return False
        best, latest = max(scores[: -self.window]), max(scores[-self.window :])
        return latest - best < self.gain * abs(best)

    def _has_fallen(self, scores: Sequence[float]) -> bool:
        best = max(scores)
        return best - scores[-1] > self.fall * abs(best)
