"""How far a run has come."""

import logging
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from allennlp.common.checks import ConfigurationError
from torch import nn

from hmtl.training import checkpoints
from hmtl.training.averaging import WeightAverage
from hmtl.training.joint import JointBest
from hmtl.training.learner import Learner
from hmtl.training.task_state import TaskState, ValidationMetric

logger = logging.getLogger(__name__)


class Stateful(Protocol):
    """What a checkpoint can hold."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> None: ...


class Progress:
    """The epochs and steps that are done, which weights were best, who would stop: all that a resumed run
    needs, on disk.

    # Parameters

    directory : for the best weights, `best.th` and a `best_<task>.th` for each task.
    store : of the checkpoints. states : by task.
    validated : what the epochs are judged by, together. Of the tasks with a state, those that are among them
        have a best epoch and a vote. average : of the
        weights, if they are averaged. others : by name, what else has a state.
    writes : whether this process is the one that writes files.
    """

    def __init__(
        self,
        directory: Path,
        store: checkpoints.Checkpoints,
        model: nn.Module,
        states: dict[str, TaskState],
        validated: Collection[ValidationMetric],
        average: WeightAverage | None = None,
        others: Mapping[str, Stateful] | None = None,
        writes: bool = True,
    ) -> None:
        self.directory = directory
        self.store = store
        self.model = model
        self.states = states
        self.judges = list(validated)
        self.validated = [state for state in states.values() if state.judged_by in self.judges]
        self.average = average
        self.joint = JointBest()
        self.others = dict(others or {})
        self.writes = writes
        self.epoch, self.step = 0, 0
        self.done = 0
        """Steps of the epoch that has begun."""
        self.scores: list[dict[str, float]] = []
        """Of each finished epoch the validation metric by task, negated where lower is better."""
        self.running: dict[str, Any] = {}
        """What the begun epoch has counted so far."""

    @property
    def all_voted(self) -> bool:
        """Whether all tasks would stop. Without validation nobody votes."""
        return bool(self.validated) and all(state.has_voted for state in self.validated)

    @property
    def is_due(self) -> bool:
        """Whether it is time to save within the epoch."""
        return self.writes and self.store.due(self.step)

    def end_step(self) -> None:
        """Counts a step of any task."""
        self.step += 1
        self.done += 1
        if self.average is not None:
            self.average.update()

    def judged_weights(self) -> AbstractContextManager[None]:
        """The model has the weights that are validated and kept, which may be averages, while the context
        lasts."""
        return nullcontext() if self.average is None else self.average.applied()

    def judge(self, validation: dict[str, float]) -> None:
        """Lets every task, and the mean of all, judge the epoch, and saves the weights that are somebody's
        best."""
        for state in self.validated:
            if state.record(validation):
                self._save_weights(checkpoints.best_of(state.task))
        if self.joint.record(self.epoch, self.judges, validation):
            self._save_weights(checkpoints.BEST)

    def _save_weights(self, name: str) -> None:
        if self.writes:
            checkpoints.save(self.model.state_dict(), self.directory / name)

    def end_epoch(self, validation: dict[str, float]) -> None:
        """Moves the learning rates on and saves a checkpoint."""
        for learner in {id(state.learner): state.learner for state in self.states.values()}.values():
            learner.end_epoch(self._mean_metric(learner, validation))
        self.scores.append({state.task: state.judged_by.score(validation) for state in self.validated})
        self.epoch += 1
        self.done, self.running = 0, {}
        self.save()

    def _mean_metric(self, learner: Learner, validation: dict[str, float]) -> float | None:
        mine = [validation[state.metric] for state in self.validated if state.learner is learner]
        return sum(mine) / len(mine) if mine else None

    def save(self) -> None:
        """Writes a checkpoint."""
        if self.writes:
            self.store.save(self._state_dict(), self.epoch, self.step)

    def _state_dict(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch,
            "step": self.step,
            "done": self.done,
            "running": self.running,
            "scores": self.scores,
            "model": self.model.state_dict(),
            "tasks": {task: state.state_dict() for task, state in self.states.items()},
            "learners": {task: state.learner.state_dict() for task, state in self.states.items()},
            "joint": self.joint.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "others": {name: other.state_dict() for name, other in self.others.items()},
        }

    def restore(self) -> None:
        """Takes up the newest checkpoint, if there is one. Raises `ConfigurationError` where none is whole,
        or it is of another model."""
        found = self.store.load()
        if found is None:
            return
        state, path = found
        try:
            self._load_state_dict(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            cause = next(iter(str(error).splitlines()), type(error).__name__)
            raise ConfigurationError(
                f"{path}: does not fit this config ({cause}); resume with the config that began the run, "
                "or train anew with --force"
            ) from error
        logger.info("Resuming epoch %d after %d of its steps, from %s.", self.epoch, self.done, path)

    def _load_state_dict(self, state: dict[str, Any]) -> None:
        if (state["average"] is None) != (self.average is None) or state[
            "others"
        ].keys() != self.others.keys():
            raise ValueError("it was written with other options of the trainer")
        self.epoch, self.step, self.done = state["epoch"], state["step"], state["done"]
        self.running, self.scores = state["running"], state["scores"]
        self.model.load_state_dict(state["model"])
        self.joint.load_state_dict(state["joint"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        for name, other in self.others.items():
            other.load_state_dict(state["others"][name])
        for task, task_state in self.states.items():
            task_state.load_state_dict(state["tasks"][task])
            task_state.learner.load_state_dict(state["learners"][task])

    @property
    def best_weights(self) -> Path | None:
        """The file with the joint best weights so far."""
        path = self.directory / checkpoints.BEST
        return path if path.exists() else None

    def finish(self) -> dict[str, Any]:
        """Loads the joint best weights. Returns the metrics of the best epochs."""
        self.model.load_state_dict(checkpoints.load(self.directory / checkpoints.BEST))
        return {
            "epochs": self.epoch,
            "steps": self.step,
            **{f"{task}/steps": state.steps for task, state in self.states.items()},
            **self.joint.metrics,
            **{f"{s.task}/best_epoch": s.tracker.best_epoch for s in self.validated},
            **{s.metric.replace("/", "/best_", 1): s.best for s in self.validated},
        }
