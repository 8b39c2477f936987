"""What `allennlp train` does: it trains, and then tests the weights of every task's best epoch."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from allennlp.commands.train import TrainModel
from allennlp.common.util import dump_metrics

from hmtl.training import checkpoints
from hmtl.training.agreement import check_alike, data_facts
from hmtl.training.build import check_heads
from hmtl.training.evaluation import evaluate_task

logger = logging.getLogger(__name__)

Metrics = dict[str, float]

BEFORE = "before"
"""The row of the weights that training started from."""


@TrainModel.register("hmtl", constructor="from_partial_objects")
class HmtlTrainModel(TrainModel):
    """Trains, and with `evaluate_on_test` evaluates on the test data of all tasks the weights of the epoch
    that was best for all together and of each that was best for one task, as Sanh, Wolf & Ruder (2019)
    report both.

    In `metrics.json`, `test_<task>/<metric>` is of the joint best weights, which the model has at the end,
    and `best_<task>/test_<other>/<metric>` is what the weights best for `<task>` reach in `<other>`. Where
    training starts from a trained model, `before/test_<task>/<metric>` is what its tasks scored before.

    Raises `ConfigurationError`, before the training, for test data of a task without a head, and for ranks
    with different test data.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before: Metrics = {}
        if self.evaluation_data_loader is not None:
            check_heads(self.model, self.evaluation_data_loader.tasks)
            if self.trainer.ranks.many:
                check_alike(self.trainer.ranks, data_facts("test", self.evaluation_data_loader))

    def run(self) -> dict[str, Any]:
        """Trains, from the first step or from a checkpoint."""
        if self.evaluation_data_loader is not None and self.evaluate_on_test:
            old = [task for task in self._tested if f"heads.{task}" in self.trainer.started_with]
            self._before = self._test(old)
        return super().run()

    def finish(self, metrics: dict[str, Any]) -> None:
        """Adds the scores on the test data to those of the training, and writes them all."""
        if self.evaluation_data_loader is None or not self.evaluate_on_test:
            return super().finish(metrics)
        scores = self._scores()
        main = {task: self.model.heads[task].main_metric[1:] for task in self._tested}
        if self._before:
            scores = {BEFORE: self._before} | scores
        logger.info("Scores on the test data:\n%s", table(scores, main))
        for name, tested in scores.items():
            place = "" if name == checkpoints.BEST else f"{Path(name).stem}/"
            metrics.update({f"{place}test_{metric}": value for metric, value in tested.items()})
        # every rank has taken part so far
        if self.trainer._primary:
            dump_metrics(str(Path(self.serialization_dir) / "metrics.json"), metrics, log=True)

    @property
    def _tested(self) -> list[str]:
        """The tasks with test data, in the model's order."""
        return [task for task in self.model.tasks if task in self.evaluation_data_loader.tasks]

    def _scores(self) -> dict[str, Metrics]:
        """By file of weights, the joint best first; files of one content are tested once."""
        directory, tested, scores = Path(self.serialization_dir), {}, {}
        names = [checkpoints.BEST, *map(checkpoints.best_of, self.model.tasks)]
        paths = [directory / name for name in names if (directory / name).exists()]
        for path in paths:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            if content not in tested:
                self.model.load_state_dict(checkpoints.load(path))
                tested[content] = self._test(self._tested)
            scores[path.name] = tested[content]
        self.model.load_state_dict(checkpoints.load(directory / checkpoints.BEST))
        return scores

    def _test(self, tasks: Sequence[str]) -> Metrics:
        loader = self.evaluation_data_loader
        loader.set_target_device(self.trainer.cuda_device)
        metrics: Metrics = {}
        for task in tasks:
            metrics |= evaluate_task(self.model, loader, task)
        return metrics


def table(scores: Mapping[str, Metrics], main: Mapping[str, str]) -> str:
    """A row for each file of weights, a column for the main metric of each task."""
    columns = [f"{task} {metric}" for task, metric in main.items()]
    first = max(len(name) for name in scores)
    lines = ["  ".join([" " * first, *columns])]
    for name, metrics in scores.items():
        values = [metrics.get(f"{task}/{metric}") for task, metric in main.items()]
        cells = [
            " " * len(column) if value is None else f"{value:{len(column)}.4f}"
            for value, column in zip(values, columns, strict=True)
        ]
        lines.append("  ".join([name.ljust(first), *cells]))
    return "\n".join(lines)
