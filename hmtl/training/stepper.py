"""One training step."""

import time
from collections.abc import Iterator

import numpy as np
import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor

from hmtl.data_loader import MultiTaskLoader
from hmtl.documents import Document
from hmtl.model import MultiTaskModel
from hmtl.priors import Prior
from hmtl.training.interference import Interference
from hmtl.training.learner import Clipping
from hmtl.training.precision import Precision
from hmtl.training.ranks import Ranks
from hmtl.training.task_state import TaskState
from hmtl.training.watch import StepFigures


class Stepper:
    """Takes a task's batch through the network, and updates what got a gradient.

    A batch goes through in parts, one for each rank and `accumulate` of them one after another, whose losses
    and gradients add up to those of the whole batch.

    # Parameters

    seed : of all that is random in a forward pass, with the number of the step and of the part.
    accumulate : parts of each rank. clipping : of the gradient.
    prior : whose penalty is added to the loss, for the parameters that the task's loss reaches.
    interference : samples what the tasks do to each other.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        loader: MultiTaskLoader,
        ranks: Ranks,
        precision: Precision,
        seed: int,
        accumulate: int = 1,
        clipping: Clipping = Clipping(),  # noqa: B008 - has no state
        prior: Prior | None = None,
        interference: Interference | None = None,
    ) -> None:
        self.model, self.loader, self.ranks, self.precision = model, loader, ranks, precision
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.seed = seed
        self.parts = accumulate * ranks.size
        self.own_parts = range(ranks.rank * accumulate, (ranks.rank + 1) * accumulate)
        self.clipping = clipping
        self.prior, self.interference = prior, interference

    def step(self, state: TaskState, numbers: list[int], number: int) -> StepFigures:
        """One update by the batch of these instances, as the run's step `number`. Raises
        `ConfigurationError` where loss or gradient are no finite numbers."""
        begun = time.perf_counter()
        for parameter in self.parameters:
            parameter.grad = None
        batch = self.loader.documents(state.task, numbers)
        loss = self._backward(state.task, numbers, batch, number)
        learner = state.learner
        self.precision.unscale(learner.optimizer)
        sampled = self.interference is not None and self.interference.wants(state.task, state.steps)
        if sampled:
            self.interference.before(state.task)
        self._add_prior(state.task)
        norm = self.clipping.length(self.parameters)
        # the one place where the host waits for the device, unless elements are clipped
        value, size = torch.stack([loss.double(), norm.double()]).tolist()
        size = self.clipping.clip(self.parameters, size)
        self._check(state.task, number, value, size)
        rate = learner.learning_rate
        learner.step(self.precision)
        if sampled:
            self.interference.after(state.task)
        words = sum(len(document.tokens) for document in batch)
        seconds = time.perf_counter() - begun
        return StepFigures(state.task, value, size, rate, words, len(batch), seconds)

    def shares(self, numbers: list[int]) -> list[list[int]]:
        """The parts of a batch that are this process's own."""
        return [mine for _, mine in self._own(numbers)]

    def _own(self, numbers: list[int]) -> Iterator[tuple[int, list[int]]]:
        """The number and the instances of each part that is this process's own and holds any."""
        for part in self.own_parts:
            # batches are sorted by length: every part gets long and short ones
            if mine := numbers[part :: self.parts]:
                yield part, mine

    def _backward(self, task: str, numbers: list[int], batch: list[Document], number: int) -> Tensor:
        """Leaves the gradient of the whole batch; returns its loss, a scalar."""
        total = self.parameters[0].new_zeros(())
        for part, mine in self._own(numbers):
            self._seed(number, part)
            total = total + self.precision.backward(self._loss(task, mine, batch))
        return self.ranks.sum_gradients(self.parameters, total)

    def _loss(self, task: str, numbers: list[int], batch: list[Document]) -> Tensor:
        """The share of these instances in the loss of the batch."""
        tensors = self.loader.tensors(task, numbers)
        with self.precision.forward():
            loss = self.model(**tensors, batch=batch)["loss"]
        if not loss.requires_grad:
            raise ConfigurationError(
                f"trainer.freeze: leaves task '{task}' nothing to learn; take one of its parts out, or "
                "the task out of the training data"
            )
        return loss

    def _seed(self, number: int, part: int) -> None:
        seed = int(np.random.SeedSequence([self.seed, number, part]).generate_state(1)[0])
        # not torch.manual_seed, which asks after devices of every kind, at every step
        torch.default_generator.manual_seed(seed)
        if self.parameters[0].is_cuda:
            torch.cuda.manual_seed(seed)

    def _add_prior(self, task: str) -> None:
        if self.prior is None:
            return
        self.prior.before_step(task)
        # What the loss does not reach stays as it is: even a gradient of 0 would have Adam move it.
        reached = [parameter for parameter in self.parameters if parameter.grad is not None]
        penalty = self.prior.penalty(task)
        if penalty is not None and penalty.requires_grad:
            for parameter, gradient in zip(
                reached, torch.autograd.grad(penalty, reached, allow_unused=True), strict=True
            ):
                if gradient is not None:
                    parameter.grad += gradient

    def _check(self, task: str, number: int, loss: float, norm: float) -> None:
        if np.isfinite(loss) and self.precision.may_overflow:
            return
        for what, value in (("loss", loss), ("gradient's norm", norm)):
            if not np.isfinite(value):
                raise ConfigurationError(
                    f"training: the {what} of task '{task}' is {value} at step {number}; "
                    f"lower its learning rate, or look for broken inputs"
                )
