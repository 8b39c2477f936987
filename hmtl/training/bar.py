"""The progress bar of an epoch."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from allennlp.common.tqdm import Tqdm

from hmtl.training.figures import StepFigures

# where there is no terminal
WIDTH = 120


class EpochBar:
    """Which task is trained, how the tasks fare, how fast it goes and how long it still takes.

        epoch 3:  45%|███    | 450/1000, 02:31 left,▸coref 123  emd 4.5  ner 2.31, 5140 words/s

    A step of one task may cost twenty of another, so the time left is no function of the number of steps: it
    is the sum, over the steps to come, of their own tasks' mean seconds. `>` before it: there are tasks among
    them that this process has no step of yet, and that are not counted.

    # Parameters

    drawn : the task of each step of the epoch. done : how many of them an earlier process has taken.
    visible : whether to show anything.
    """

    def __init__(self, epoch: int, drawn: Sequence[str], done: int, visible: bool) -> None:
        # by task: what this process has done, and the steps to come
        self.seconds: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._left = Counter(drawn[done:])
        self._drawn = drawn
        self._bar = Tqdm.tqdm(
            total=len(drawn),
            initial=done,
            desc=f"epoch {epoch}",
            bar_format="{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}",
            ncols=_terminal_width(),
            # drawn by the clock alone: after some cheap steps, tqdm would wait for as many dear ones
            miniters=1,
            disable=not visible,
        )
        self._bar.set_postfix_str(self._postfix({}))

    def step(self, figures: StepFigures, losses: Mapping[str, float]) -> None:
        """A step that was taken. `losses`: of each task so far."""
        self.seconds[figures.task] += figures.seconds
        self.words[figures.task] += figures.words
        self._steps[figures.task] += 1
        self._left[figures.task] -= 1
        if not self._bar.disable:
            self._bar.set_postfix_str(self._postfix(losses), refresh=False)
            self._bar.update()

    def seconds_left(self) -> tuple[float, bool]:
        """Of the steps to come whose tasks this process has measured; and whether these are all."""
        left = [task for task, steps in self._left.items() if steps]
        measured = [task for task in left if self._steps[task]]
        seconds = sum(self._left[task] * self.seconds[task] / self._steps[task] for task in measured)
        return seconds, len(measured) == len(left)

    def _postfix(self, losses: Mapping[str, float]) -> str:
        left = self._left.total()
        # the task whose step is under way
        upcoming = self._drawn[-left] if left else None
        tasks = " ".join(
            f"{'▸' if task == upcoming else ' '}{task} {_short(losses[task]) if task in losses else '-'}"
            for task in sorted({*losses, *self._left})
        )
        if not self._steps:
            return tasks
        speed = f"{_short(self.words.total() / max(self.seconds.total(), 1e-9))} words/s"
        return f"{self._time()},{tasks}, {speed}"

    def _time(self) -> str:
        """What is left, or in the end what it took."""
        if not self._left.total():
            return f"took {self._bar.format_interval(self._bar.format_dict['elapsed'])}"
        seconds, is_all = self.seconds_left()
        return f"{'' if is_all else '>'}{self._bar.format_interval(seconds)} left"

    def close(self) -> None:
        self._bar.close()


def _short(value: float) -> str:
    """In few characters: 0.00123, 0.123, 1.23, 12.3, 123, 1234, 12.3k, 123k."""
    if abs(value) >= 10_000:
        return f"{value / 1000:.3g}k"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _terminal_width() -> int:
    """Columns of the terminal that the bar is drawn on."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or WIDTH
    except (OSError, ValueError, AttributeError):
        return WIDTH
