"""The multi-task training loop: choose a task, take its next batch, step."""

import time
from collections import Counter
from dataclasses import replace
from typing import Any

from allennlp.common.util import SigTermReceived
from allennlp.training import Trainer
from allennlp.training.trainer import TrainerCheckpoint

from hmtl.data_loader import MultiTaskLoader
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan, Schedule
from hmtl.training.agreement import agree_on_checkpoint, check_alike, check_directories, facts_of
from hmtl.training.coming import coming
from hmtl.training.evaluation import evaluate_task
from hmtl.training.facts import write_facts
from hmtl.training.interrupts import Interrupts
from hmtl.training.progress import Progress
from hmtl.training.ranks import Ranks
from hmtl.training.stepper import Stepper
from hmtl.training.watch import EpochWatch, RunLog, WandbOptions


class TrainingLoop(Trainer):
    """What a run does, epoch by epoch, with the parts that `HmtlTrainer` puts together."""

    model: MultiTaskModel
    loader: MultiTaskLoader
    validation_loader: MultiTaskLoader | None
    schedule: Schedule
    plan: Plan
    num_epochs: int
    ranks: Ranks
    stepper: Stepper
    progress: Progress
    interrupts: Interrupts
    tensorboard: bool
    wandb: WandbOptions | None
    summary_interval: int

    def train(self) -> dict[str, Any]:
        """Trains to the end, from a checkpoint if there is one, and loads the joint best weights. Returns
        the metrics of the best epochs."""
        progress = self.progress
        if self.ranks.many:
            self._agree()
        self.ranks.share(self.model)
        if self.stepper.prior is not None:
            self.stepper.prior.attach(self.model)
        progress.restore()
        if progress.writes:
            write_facts(progress, self.plan, self.model, self.ranks.size)
        interval = self.summary_interval if self.tensorboard else None
        wandb = self.wandb if self.ranks.rank == 0 else None
        log = RunLog(progress.directory, interval, progress.step, wandb, visible=progress.writes)
        try:
            with self.interrupts:
                while progress.epoch < self.num_epochs and not progress.all_voted:
                    self._run_epoch(log)
                    self._poll()
        finally:
            log.close()
            self.loader.close()
        self.ranks.wait()
        return progress.finish()

    def _agree(self) -> None:
        """Raises `ConfigurationError` on every rank where one has been given something else."""
        progress = self.progress
        loaders = {"training": self.loader, "validation": self.validation_loader}
        check_alike(self.ranks, facts_of(progress.directory, self.model.vocab, loaders))
        check_directories(self.ranks, progress.directory, progress.writes)
        agree_on_checkpoint(self.ranks, progress.store, progress.writes)

    def _run_epoch(self, log: RunLog) -> None:
        """What is left of the epoch that has begun."""
        progress, first, validation_seconds = self.progress, self.progress.step, 0.0
        drawn = self.schedule.draw(progress.epoch, replace(self.plan, scores=progress.scores))
        watch = EpochWatch(progress.epoch, drawn, progress.done, progress.writes)
        if progress.running:
            watch.load_state_dict(progress.running)
        try:
            with watch:
                self._take_steps(drawn, watch, log)
            begun = time.perf_counter()
            validation = self._validate()
            validation_seconds = time.perf_counter() - begun
        finally:
            steps = {"epoch": progress.epoch, "from_step": first, "to_step": progress.step}
            log.stretch({**steps, **watch.stretch(), "validation_seconds": validation_seconds})
        with progress.judged_weights():
            progress.judge(validation)
        interference = self.stepper.interference
        effects = interference.figures(Counter(drawn)) if interference else None
        log.epoch(progress.epoch, progress.step, watch.metrics(), validation, effects)
        progress.end_epoch(validation)

    def _take_steps(self, drawn: list[str], watch: EpochWatch, log: RunLog) -> None:
        self.model.train()
        progress, states = self.progress, self.progress.states
        batches = coming(self.loader, drawn[progress.done :], states, self.stepper.shares)
        for batch in self.loader.ahead(batches):
            state = states[batch.task]
            figures = self.stepper.step(state, batch.numbers, progress.step)
            state.advance(batch.of)
            progress.end_step()
            watch.step(figures)
            log.step(progress.step, figures)
            self._save_if_due(watch)
        progress.running = watch.state_dict()
        for head in self.model.heads.values():
            # tells what it had to leave out, also of a task that is not validated
            head.get_metrics(reset=True)

    def _save_if_due(self, watch: EpochWatch) -> None:
        # a signal may reach one rank a step before the other, and the clocks of two hosts differ
        must_stop, is_due = self.ranks.sum(self.interrupts.noted is not None, self.progress.is_due)
        if must_stop or is_due:
            self.progress.running = watch.state_dict()
            self.progress.save()
        if must_stop:
            self.interrupts.stop()

    def _validate(self) -> dict[str, float]:
        """Metrics of all tasks. A run that is stopped meanwhile is saved as it was before."""
        metrics: dict[str, float] = {}
        try:
            with self.progress.judged_weights():
                for task in self.validation_loader.tasks if self.validation_loader else ():
                    metrics.update(evaluate_task(self.model, self.validation_loader, task, poll=self._poll))
        except (KeyboardInterrupt, SigTermReceived):
            self.progress.save()
            raise
        return metrics

    def _poll(self) -> None:
        """Stops all ranks for a signal to any."""
        if self.ranks.any(self.interrupts.noted is not None):
            self.interrupts.stop()

    def get_checkpoint_state(self) -> TrainerCheckpoint | None:
        return None

    def get_best_weights_path(self) -> str | None:
        best = self.progress.best_weights
        return None if best is None else str(best)
