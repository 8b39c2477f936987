"""The steps of a run, drawn without a model."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from allennlp.common.tqdm import Tqdm

from hmtl.forecast.run import Run
from hmtl.training.precision import Precision

POINTS = 20
"""Of an epoch, in the curve of a learning rate."""


@dataclass(frozen=True)
class Epoch:
    """What one epoch is to one task.

    # Parameters

    steps, instances, words : of this epoch; `share` of all tasks' steps. passes : over the task's data since
        the run began. learning_rates : at its first step and at its last; without a step, the one it has.
    """

    steps: int
    share: float
    passes: float
    instances: int
    words: int
    learning_rates: tuple[float, float]


@dataclass(frozen=True)
class Forecast:
    """What will be drawn.

    # Parameters

    epochs : the first of the run, by task. words : of each task's data. learning_rates : of each task, with
        the time in epochs, often enough to draw the curve. notes : what was taken for granted, and what of
        all this may surprise.
    """

    run: Run
    epochs: list[dict[str, Epoch]]
    words: dict[str, int]
    learning_rates: dict[str, list[tuple[float, float]]]
    notes: list[str]


def simulate(run: Run, num_epochs: int) -> Forecast:
    """Draws the first epochs of the run; changes its learners."""
    readings = {task: _Reading(run, task) for task in run.plan.sizes}
    bar = Tqdm.tqdm(range(num_epochs), desc="drawing", unit=" epochs")
    epochs = [_epoch(run, number, readings) for number in bar]
    words = {task: sum(reading.lengths) for task, reading in readings.items()}
    rates = {task: reading.curve for task, reading in readings.items()}
    return Forecast(run, epochs, words, rates, list(_notes(run, epochs)))


class _Reading:
    """One task's way through its data, and what it has met since the epoch began."""

    def __init__(self, run: Run, task: str) -> None:
        self.task, self.loader, self.learner = task, run.loader, run.learners[task]
        # one by one, for they need not fit into memory
        documents = (self.loader.documents(task, [i])[0] for i in range(len(self.loader.instances[task])))
        self.lengths = array("L", (len(document.tokens) for document in documents))
        self.pass_number, self.batch = 0, 0
        self.batches = self.loader.batches(task, 0)
        self.curve: list[tuple[float, float]] = []
        self.precision = Precision(None, torch.device("cpu"))

    def begin_epoch(self) -> None:
        self.steps = self.instances = self.words = 0
        self.rates: list[float] = []

    def step(self) -> None:
        numbers = self.batches[self.batch]
        self.steps += 1
        self.instances += len(numbers)
        self.words += sum(self.lengths[number] for number in numbers)
        self.rates.append(self.learner.learning_rate)
        self.learner.step(self.precision)
        self.batch += 1
        if self.batch == len(self.batches):
            self.pass_number, self.batch = self.pass_number + 1, 0
            self.batches = self.loader.batches(self.task, self.pass_number)

    def end_epoch(self, steps: int) -> Epoch:
        passes = self.pass_number + self.batch / len(self.batches)
        rates = self.rates or [self.learner.learning_rate]
        own = (passes, self.instances, self.words, (rates[0], rates[-1]))
        return Epoch(self.steps, self.steps / steps, *own)


def _epoch(run: Run, number: int, readings: dict[str, _Reading]) -> dict[str, Epoch]:
    drawn = run.schedule.draw(number, run.plan)
    every = -(-len(drawn) // POINTS)
    for reading in readings.values():
        reading.begin_epoch()
    for step, task in enumerate(drawn):
        if step % every == 0:
            for reading in readings.values():
                reading.curve.append((number + step / len(drawn), reading.learner.learning_rate))
        readings[task].step()
    for learner in {id(learner): learner for learner in run.learners.values()}.values():
        learner.end_epoch(None)
    return {task: reading.end_epoch(len(drawn)) for task, reading in readings.items()}


def _notes(run: Run, epochs: list[dict[str, Epoch]]) -> Iterator[str]:
    if run.schedule.without_scores is not None and len(epochs) > 1:
        yield (
            "This schedule follows validation scores, which only training can tell. Epoch 0 will be drawn as "
            f"shown; the later ones are shown as if {run.schedule.without_scores}."
        )
    if any(learner.plateau is not None for learner in run.learners.values()):
        yield (
            "The learning rate falls when a validation metric stops improving (reduce_on_plateau), which "
            "only training can tell; it is shown as if it never fell."
        )
    if any(len(learner.optimizer.param_groups) > 1 for learner in run.learners.values()):
        yield "Of an optimizer with parameter groups the learning rate of the first group is shown."
    if run.patience is not None and run.plan.num_epochs > 1:
        yield "The run ends early once every validated task is out of patience."
    if len(epochs) < run.plan.num_epochs:
        return
    for task, epoch in epochs[-1].items():
        if epoch.passes < 1:
            yield f"The whole run sees {epoch.passes:.0%} of the data of task '{task}' and never the rest."
