"""Tasks: each with a reader, data and a head."""

from collections.abc import Iterator

from hmtl.checking.experiment import Experiment
from hmtl.checking.finding import Finding, did_you_mean, error, note, warning
from hmtl.checking.rule import rule

BY_TASK = (
    "train_data_path",
    "validation_data_path",
    "test_data_path",
    "data_loader.budgets",
    "trainer.tasks",
    "model.backbone.task_levels",
)
"""Sections whose keys are names of tasks."""


@rule("config")
def no_tasks(experiment: Experiment) -> Iterator[Finding]:
    """A config without any task."""
    if not experiment.names:
        yield error("the config has no task", "describe readers, data and heads", "dataset_reader.readers")


@rule("config")
def no_data(experiment: Experiment) -> Iterator[Finding]:
    """Heads without a reader or without training data."""
    for task in experiment.section("model.heads"):
        if task not in experiment.section("dataset_reader.readers"):
            yield error(
                f"head '{task}' has no reader",
                f"add dataset_reader.readers.{task}, or remove the head",
                f"model.heads.{task}",
            )
        elif experiment.path(task, "train") is None and not experiment.section("trainer").get("start_from"):
            yield error(
                f"task '{task}' has no training data",
                f"add train_data_path.{task}, or remove its head and reader",
                f"train_data_path.{task}",
            )


@rule("config")
def no_head(experiment: Experiment) -> Iterator[Finding]:
    """Readers without a head."""
    for task in experiment.section("dataset_reader.readers"):
        if experiment.section("model.heads").get(task) is None:
            yield error(
                f"task '{task}' has a reader but no head",
                f"add model.heads.{task}, or remove the reader and its data",
                f"dataset_reader.readers.{task}",
            )


@rule("config")
def unvalidated(experiment: Experiment) -> Iterator[Finding]:
    """Tasks without validation data, which have no best epoch and no say in when to stop, or without test
    data."""
    for task in experiment.section("model.heads"):
        if experiment.path(task, "validation") is None:
            yield warning(
                "names no validation data: no best epoch, no vote to stop",
                "add it",
                f"validation_data_path.{task}",
            )
        if experiment.path(task, "test") is None and experiment.config.get("evaluate_on_test"):
            yield note(
                "names no test data, though evaluate_on_test is true",
                "add it",
                f"test_data_path.{task}",
            )


@rule("config")
def unknown_tasks(experiment: Experiment) -> Iterator[Finding]:
    """Settings of tasks that there are not."""
    for section in BY_TASK:
        for task in experiment.section(section):
            if task not in experiment.names:
                yield error(
                    f"there is no task '{task}'", did_you_mean(task, experiment.names), f"{section}.{task}"
                )
    order = experiment.section("model").get("order")
    if isinstance(order, list) and sorted(order) != sorted(experiment.section("model.heads")):
        yield error("does not name each head once", "name each once, or leave it out", "model.order")


@rule("config")
def indexers(experiment: Experiment) -> Iterator[Finding]:
    """Token indexers without an embedder, and embedders without an indexer."""
    indexed = experiment.section("dataset_reader.token_indexers") or {"tokens": None}
    embedded = experiment.section("model.embedder.token_embedders")
    for name in sorted(indexed.keys() ^ embedded.keys()) if embedded else ():
        here, there = "dataset_reader.token_indexers", "model.embedder.token_embedders"
        if name in embedded:
            here, there = there, here
        yield error(f"'{name}' is not among {there}", "give both the same names", f"{here}.{name}")
