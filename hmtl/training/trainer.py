"""The multi-task training loop: choose a task, take its next batch, step."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.training import Trainer
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import AdamOptimizer, Optimizer
from allennlp.training.trainer import TrainerCheckpoint

from hmtl.data_loader import MultiTaskLoader
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan, Proportional, Schedule
from hmtl.training.averaging import WeightAverage
from hmtl.training.build import TaskOptions, build_states, check_heads, check_positive
from hmtl.training.evaluation import evaluate_task
from hmtl.training.learner import clip_gradients
from hmtl.training.progress import Progress
from hmtl.training.task_state import TaskState
from hmtl.training.watch import EpochWatch, RunLog


@Trainer.register("hmtl")
class HmtlTrainer(Trainer):
    """Trains one task a step (Sanh, Wolf & Ruder 2019, section 3.3).

    Every step: the schedule names a task, its next batch goes through the levels it needs, the task's own
    optimiser updates what got a gradient. After each epoch every task is validated on its own data and keeps
    its best weights. The run ends when all validated tasks are out of patience (or at the least learning
    rate) or after `num_epochs`.

    All randomness is a function of the seed and of the step's number, so that a run resumed after an epoch
    equals one never stopped.

    # Parameters

    schedule : which task each step trains.
    tasks : what single tasks do in their own way.
    optimizer, learning_rate_scheduler : of each task (a copy each), over all parameters; or, with
        `shared_optimizer`, one for all tasks together, whose plateau follows the mean of the tasks' metrics.
    num_epochs : at most. patience : epochs without a better validation metric after which a task votes to
        stop; None: never.
    grad_norm, grad_clipping : largest norm of the whole gradient; largest size of each of its elements.
    average_decay : decay of the exponential average of the weights that is validated and kept, such as
        0.999; None: no average.
    seed : of the schedule, the dropout and all else in training.
    tensorboard, summary_interval : whether to write `log/`, and every how many steps.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        data_loader: MultiTaskLoader,
        serialization_dir: str,
        validation_data_loader: MultiTaskLoader | None = None,
        local_rank: int = 0,
        distributed: bool = False,
        schedule: Schedule = Proportional(),  # noqa: B008 - has no state
        tasks: dict[str, TaskOptions] | None = None,
        optimizer: Lazy[Optimizer] = Lazy(AdamOptimizer),  # noqa: B008 - builds a new one each time
        learning_rate_scheduler: Lazy[LearningRateScheduler] | None = None,
        shared_optimizer: bool = False,
        num_epochs: int = 100,
        patience: int | None = 10,
        grad_norm: float | None = 5.0,
        grad_clipping: float | None = None,
        average_decay: float | None = None,
        seed: int = 13370,
        cuda_device: int | None = None,
        tensorboard: bool = True,
        summary_interval: int = 50,
    ) -> None:
        if distributed:
            raise ConfigurationError("trainer: distributed training is not there yet; remove `distributed`")
        numbers = {"num_epochs": num_epochs, "patience": patience, "summary_interval": summary_interval}
        check_positive("trainer", **numbers, grad_norm=grad_norm, grad_clipping=grad_clipping)
        if average_decay is not None and not 0 < average_decay < 1:
            raise ConfigurationError(
                f"trainer.average_decay is {average_decay}; give a number between 0 and 1, or leave it out"
            )
        if seed < 0:
            raise ConfigurationError(f"trainer.seed is {seed}; give 0 or more")
        super().__init__(serialization_dir, cuda_device=cuda_device, local_rank=local_rank)
        self.model = model.to(self.cuda_device)
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.loader, self.validation_loader = data_loader, validation_data_loader
        sizes = {task: data_loader.size(task) for task in data_loader.tasks}
        self.plan = Plan(sizes, num_epochs, seed)
        self.schedule, self.num_epochs, self.seed = schedule, num_epochs, seed
        self.grad_norm, self.grad_clipping = grad_norm, grad_clipping
        self.tensorboard, self.summary_interval = tensorboard, summary_interval
        defaults = TaskOptions(optimizer, learning_rate_scheduler, patience)
        states = build_states(
            model, self.plan, schedule, tasks or {}, defaults, shared_optimizer
        )
        validated = validation_data_loader.tasks if validation_data_loader else []
        check_heads(model, validated)
        average = None if average_decay is None else WeightAverage(self.parameters, average_decay)
        self.progress = Progress(Path(serialization_dir), model, states, validated, average)
        for loader in (data_loader, validation_data_loader):
            if loader is not None and self.cuda_device.type != "cpu":
                loader.set_target_device(self.cuda_device)

    def train(self) -> dict[str, Any]:
        """Trains to the end, from a checkpoint if there is one, and loads the joint best weights. Returns
        the metrics of the best epochs."""
        self.progress.restore()
        done = self.progress.step
        log = RunLog(self.progress.directory, self.summary_interval if self.tensorboard else None, done)
        try:
            while self.progress.epoch < self.num_epochs and not self.progress.all_voted:
                training = self._train_epoch(log)
                with self.progress.judged_weights():
                    validation = self._validate()
                    self.progress.judge(validation)
                log.epoch(self.progress.epoch, self.progress.step, training, validation)
                self.progress.end_epoch(validation)
        finally:
            log.close()
        return self.progress.finish()

    def _train_epoch(self, log: RunLog) -> dict[str, float]:
        self.model.train()
        states = self.progress.states
        drawn = self.schedule.draw(self.progress.epoch, self.plan)
        batches = {task: self.loader.batches(task, state.pass_number) for task, state in states.items()}
        watch = EpochWatch(self.progress.epoch, len(drawn))
        with watch.bar:
            for task in drawn:
                state = states[task]
                loss, norm = self._train_step(state, batches[task][state.batch])
                state.advance(len(batches[task]))
                if state.batch == 0:
                    batches[task] = self.loader.batches(task, state.pass_number)
                self.progress.end_step()
                watch.step(task, loss)
                log.step(task, self.progress.step, loss, norm, state.learner.learning_rate)
        for head in self.model.heads.values():
            # tells what it had to leave out, also of a task that is not validated
            head.get_metrics(reset=True)
        return watch.metrics()

    def _train_step(self, state: TaskState, numbers: list[int]) -> tuple[float, float]:
        """One update. Returns the loss and the norm of the gradient before clipping."""
        torch.manual_seed(int(np.random.SeedSequence([self.seed, self.progress.step]).generate_state(1)[0]))
        for parameter in self.parameters:
            parameter.grad = None
        loss = self.model(**self.loader.tensors(state.task, numbers))["loss"]
        value = loss.item()
        self._check_finite(state.task, "loss", value)
        loss.backward()
        norm = clip_gradients(self.parameters, self.grad_norm, self.grad_clipping)
        self._check_finite(state.task, "gradient's norm", norm)
        state.learner.step()
        return value, norm

    def _check_finite(self, task: str, what: str, value: float) -> None:
        if not np.isfinite(value):
            raise ConfigurationError(
                f"training: the {what} of task '{task}' is {value} at step {self.progress.step}; "
                f"lower its learning rate, or look for broken inputs"
            )

    def _validate(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        for task in self.validation_loader.tasks if self.validation_loader else ():
            metrics.update(evaluate_task(self.model, self.validation_loader, task))
        return metrics

    def get_checkpoint_state(self) -> TrainerCheckpoint | None:
        return None

    def get_best_weights_path(self) -> str | None:
        best = self.progress.best_weights
        return None if best is None else str(best)
