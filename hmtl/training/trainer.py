"""The multi-task training loop: choose a task, take its next batch, step."""

import logging
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

from hmtl.data_loader import MultiTaskLoader, TaskSize
from hmtl.model import MultiTaskModel
from hmtl.schedules import Proportional, Schedule
from hmtl.training import checkpoints
from hmtl.training.build import build_states
from hmtl.training.evaluation import evaluate_task
from hmtl.training.joint import JointBest
from hmtl.training.learner import TaskOptions, TaskState, clip_gradients
from hmtl.training.watch import EpochWatch, RunLog

logger = logging.getLogger(__name__)


@Trainer.register("hmtl", constructor="from_partial_objects")
class HmtlTrainer(Trainer):
    """Trains one task a step (Sanh, Wolf & Ruder 2019, section 3.3).

    Every step: the schedule names a task, its next batch goes through the levels it needs, the task's own optimiser updates what
    got a gradient. After each epoch every task is validated on its own data and keeps its best weights. The run ends
    when all tasks are out of patience (or at the least learning rate) or after `num_epochs`.

    All randomness is a function of the seed and of the step's number, so that a run resumed after an epoch equals one never stopped.

    Use `from_partial_objects` for the parameters of a config.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        data_loader: MultiTaskLoader,
        states: dict[str, TaskState],
        schedule: Schedule,
        serialization_dir: str,
        validation_data_loader: MultiTaskLoader | None = None,
        num_epochs: int = 100,
        grad_norm: float | None = 5.0,
        grad_clipping: float | None = None,
        seed: int = 13370,
        tensorboard: bool = True,
        summary_interval: int = 50,
        **kwargs: Any,
    ) -> None:
        super().__init__(serialization_dir, **kwargs)
        self.model = model.to(self.cuda_device)
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.loader, self.validation_loader = data_loader, validation_data_loader
        for loader in (self.loader, self.validation_loader):
            if loader is not None and self.cuda_device.type != "cpu":
                loader.set_target_device(self.cuda_device)
        self.states = states
        self.schedule = schedule
        self.num_epochs, self.seed = num_epochs, seed
        self.grad_norm, self.grad_clipping = grad_norm, grad_clipping
        self.directory = Path(serialization_dir)
        self.tensorboard, self.summary_interval = tensorboard, summary_interval
        self.joint = JointBest()
        self.epoch, self.step = 0, 0

    @classmethod
    def from_partial_objects(
        cls,
        model: MultiTaskModel,
        data_loader: MultiTaskLoader,
        serialization_dir: str,
        validation_data_loader: MultiTaskLoader | None = None,
        local_rank: int = 0,
        distributed: bool = False,
        world_size: int = 1,
        schedule: Schedule = Proportional(),  # noqa: B008 - has no state
        tasks: dict[str, TaskOptions] | None = None,
        optimizer: Lazy[Optimizer] = Lazy(AdamOptimizer),  # noqa: B008 - builds a new one each time
        learning_rate_scheduler: Lazy[LearningRateScheduler] | None = None,
        shared_optimizer: bool = False,
        num_epochs: int = 100,
        patience: int | None = 10,
        grad_norm: float | None = 5.0,
        grad_clipping: float | None = None,
        seed: int = 13370,
        cuda_device: int | None = None,
        tensorboard: bool = True,
        summary_interval: int = 50,
    ) -> "HmtlTrainer":
        """Builds the trainer from a config.

        # Parameters

        schedule : which task each step trains.
        tasks : what single tasks do in their own way.
        optimizer, learning_rate_scheduler : of each task (a copy each), over all parameters; or, with
            `shared_optimizer`, one for all tasks together, whose plateau follows the mean of the tasks' metrics.
        num_epochs : at most. patience : epochs without a better validation metric after which a task votes to stop; None: never.
        grad_norm, grad_clipping : largest norm of the whole gradient; largest size of each of its elements.
        seed : of the schedule, the dropout and all else in training.
        tensorboard, summary_interval : whether to write `log/`, and every how many steps.
        """
        if distributed:
            raise ConfigurationError("trainer: distributed training is not there yet; remove `distributed`")
        sizes = {task: data_loader.size(task) for task in data_loader.tasks}
        states = build_states(
            model, sizes, schedule, tasks or {}, optimizer, learning_rate_scheduler, shared_optimizer, num_epochs, patience
        )  # fmt: skip
        return cls(
            model, data_loader, states, schedule, serialization_dir, validation_data_loader, num_epochs, grad_norm,
            grad_clipping, seed, tensorboard, summary_interval, cuda_device=cuda_device, local_rank=local_rank,
        )  # fmt: skip

    @property
    def sizes(self) -> dict[str, TaskSize]:
        return {task: self.loader.size(task) for task in self.states}

    def train(self) -> dict[str, Any]:
        """Trains to the end and loads the joint best weights. Returns the metrics of the best epochs."""
        self._restore()
        log = RunLog(self.directory, self.tensorboard, self.summary_interval)
        try:
            while self.epoch < self.num_epochs and not self._all_voted():
                training = self._train_epoch(log)
                validation = self._validate()
                log.epoch(self.epoch, self.step, training, validation)
                self._keep_best(validation)
                self.epoch += 1
                self._save()
        finally:
            log.close()
        return self._finish()

    def _train_epoch(self, log: RunLog) -> dict[str, float]:
        self.model.train()
        drawn = self.schedule.draw(self.epoch, self.sizes, self.seed)
        batches = {task: self.loader.batches(task, state.pass_number) for task, state in self.states.items()}
        watch = EpochWatch(self.epoch, len(drawn))
        with watch.bar:
            for task in drawn:
                state = self.states[task]
                loss, norm = self._train_step(state, batches[task][state.batch])
                state.advance(len(batches[task]))
                if state.batch == 0:
                    batches[task] = self.loader.batches(task, state.pass_number)
                self.step += 1
                watch.step(task, loss)
                log.step(task, self.step, loss, norm, state.learner.learning_rate)
        return watch.metrics()

    def _train_step(self, state: TaskState, numbers: list[int]) -> tuple[float, float]:
        """One update. Returns the loss and the norm of the gradient before clipping."""
        torch.manual_seed(int(np.random.SeedSequence([self.seed, self.step]).generate_state(1)[0]))
        for parameter in self.parameters:
            parameter.grad = None
        loss = self.model(**self.loader.tensors(state.task, numbers))["loss"]
        value = loss.item()
        if not np.isfinite(value):
            raise ConfigurationError(
                f"training: the loss of task '{state.task}' is {value} at step {self.step}; "
                "lower its learning rate or the gradient norm, or look for broken inputs"
            )
        loss.backward()
        norm = clip_gradients(self.parameters, self.grad_norm, self.grad_clipping)
        state.learner.step(state.steps + 1)
        return value, norm

    def _validate(self) -> dict[str, float]:
        metrics: dict[str, float] = {}
        if self.validation_loader is not None:
            for task in self.validation_loader.tasks:
                metrics.update(evaluate_task(self.model, self.validation_loader, task))
        return metrics

    def _keep_best(self, validation: dict[str, float]) -> None:
        """Lets every task, and the mean of all, judge the epoch, and saves the weights that are somebody's best."""
        validated = [s for s in self.states.values() if any(name.startswith(f"{s.task}/") for name in validation)]
        for state in validated:
            own = {name: value for name, value in validation.items() if name.startswith(f"{state.task}/")}
            if state.record(own):
                checkpoints.save(self.model.state_dict(), self.directory / checkpoints.best_of(state.task))
        if self.joint.record(self.epoch, validated, validation):
            checkpoints.save(self.model.state_dict(), self.directory / checkpoints.BEST)
        for learner in {id(s.learner): s.learner for s in self.states.values()}.values():
            mine = [s for s in validated if s.learner is learner]
            learner.end_epoch(sum(validation[s.metric] for s in mine) / len(mine) if mine else None)

    def _all_voted(self) -> bool:
        return all(s.tracker.should_stop_early() or s.learner.at_minimum for s in self.states.values())

    def _save(self) -> None:
        learners = {task: state.learner.state_dict() for task, state in self.states.items()}
        state = {
            "epoch": self.epoch,
            "step": self.step,
            "model": self.model.state_dict(),
            "tasks": {task: state.state_dict() for task, state in self.states.items()},
            "learners": learners,
            "joint": self.joint.state_dict(),
        }
        checkpoints.save(state, self.directory / checkpoints.CHECKPOINT)

    def _restore(self) -> None:
        path = self.directory / checkpoints.CHECKPOINT
        if not path.exists():
            return
        state = checkpoints.load(path, self.cuda_device)
        self.epoch, self.step = state["epoch"], state["step"]
        self.model.load_state_dict(state["model"])
        self.joint.load_state_dict(state["joint"])
        for task, task_state in self.states.items():
            task_state.load_state_dict(state["tasks"][task])
            task_state.learner.load_state_dict(state["learners"][task])
        logger.info("Resuming after epoch %d of %s.", self.epoch - 1, path)

    def _finish(self) -> dict[str, Any]:
        best = self.directory / checkpoints.BEST
        self.model.load_state_dict(checkpoints.load(best, self.cuda_device))
        return {
            "epochs": self.epoch,
            "steps": self.step,
            **{f"{task}/steps": state.steps for task, state in self.states.items()},
            **self.joint.metrics,
            **{f"{task}/best_epoch": s.tracker.best_epoch for task, s in self.states.items()},
            **{f"{task}/best_{s.metric.split('/')[1]}": s.best for task, s in self.states.items()},
        }

    def get_checkpoint_state(self) -> TrainerCheckpoint | None:
        return None

    def get_best_weights_path(self) -> str | None:
        best = self.directory / checkpoints.BEST
        return str(best) if best.exists() else None
