"""The progress bar of an epoch."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from allennlp.common.tqdm import Tqdm

# of a log file, or where nobody knows
WIDTH = 120


class EpochBar:
    """Which task is trained, how the tasks fare, how fast it goes and how long it still takes.

        epoch 3:  45%|███    | 450/1000, 02:31 left, ▸coref 123  emd 0.45  ner 2.31, 5.1k words/s

    A step of one task may cost twenty of another, so the time left is not the share of steps left: it is the sum
    over the steps to come of their own task's mean seconds. `>` before it: some task is not among the measured
    ones yet and not counted.

    # Parameters

    drawn : the task of each step of the epoch. done : how many of them an earlier process has taken.
    visible : whether to show anything.
    """

    def __init__(self, epoch: int, drawn: Sequence[str], done: int, visible: bool) -> None:
        self.seconds: Counter[str] = Counter()
        self.words: Counter[str] = Counter()
        self._steps: Counter[str] = Counter()
        self._drawn = drawn
        self._left = Counter(drawn[done:])
        self._bar = Tqdm.tqdm(
            total=len(drawn),
            initial=done,
            desc=f"epoch {epoch}",
            bar_format="{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}",
            ncols=_terminal_width(),
            # by the clock: counted in steps, a few cheap ones would hide dear ones for minutes
            miniters=1,
            disable=not visible,
        )

    def step(self, task: str, seconds: float, words: int, means: Mapping[str, float]) -> None:
        """A step that was taken. `means`: the loss of each task so far."""
        self.seconds[task] += seconds
        self.words[task] += words
        self._steps[task] += 1
        self._left[task] -= 1
        if not self._bar.disable:
            self._bar.set_postfix_str(self._postfix(means), refresh=False)
            self._bar.update()

    def seconds_left(self) -> tuple[float, bool]:
        """Of the steps whose task this process has measured; and whether these are all."""
        left = [task for task, steps in self._left.items() if steps > 0]
        measured = [task for task in left if self._steps[task]]
        seconds = sum(self._left[task] * self.seconds[task] / self._steps[task] for task in measured)
        return seconds, len(measured) == len(left)

    def _postfix(self, means: Mapping[str, float]) -> str:
        seconds, is_all = self.seconds_left()
        done = len(self._drawn) - self._left.total()
        now = self._drawn[done] if done < len(self._drawn) else None
        tasks = dict.fromkeys(sorted({*means, now} - {None}))
        losses = "  ".join(
            f"{'▸' if task == now else ''}{task} {_short(means[task]) if task in means else ''}".rstrip()
            for task in tasks
        )
        speed = f"{_short(self.words.total() / max(self.seconds.total(), 1e-9))} words/s"
        return f"{'' if is_all else '>'}{self._bar.format_interval(seconds)} left, {losses}, {speed}"

    def close(self) -> None:
        self._bar.close()


def _short(value: float) -> str:
    """At most six characters between 0.001 and a million: 0.012, 1.23, 12.3, 123, 1234, 12.3k."""
    if abs(value) >= 10_000:
        return f"{value / 1000:.3g}k"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _terminal_width() -> int:
    """Columns of the terminal that the bar is drawn on."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or WIDTH
    except (OSError, ValueError, AttributeError):
        return WIDTH
