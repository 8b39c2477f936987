"""From a config to everything that can be told of it before a model is built."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allennlp.common import Params

import hmtl.checking.rules  # noqa: F401 - adds them
from hmtl.checking.experiment import UNBUILT, Experiment, slip_of
from hmtl.checking.facts import Level, Size, Steps, balance, entropy, hierarchy, size_of, steps_of
from hmtl.checking.finding import Finding, merged
from hmtl.checking.memory import Memory, memory_of
from hmtl.checking.rule import Study, findings_of
from hmtl.checking.words import Words
from hmtl.forecast import Run

Balance = dict[str, tuple[dict[str, int], float]]


@dataclass(frozen=True)
class Report:
    """All that was found.

    # Parameters

    findings : the gravest first. levels : the hierarchy. sizes : by task and split. labels : by vocabulary
        namespace, counts in the training data and their entropy in bits. steps : by task. schedule : in
        words. memory : None where it cannot be told.
    """

    findings: list[Finding]
    levels: Level
    sizes: dict[str, dict[str, Size]]
    labels: Balance
    steps: dict[str, Steps]
    schedule: str
    memory: Memory | None

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def check(config: Mapping[str, Any]) -> Report:
    """Reads the data of all splits and applies every rule. Builds no model; raises nothing that is wrong with
    the config."""
    experiment = Experiment.of(config)
    found = list(findings_of("config", experiment))
    experiment.read()
    study = Study(experiment, Words(experiment))
    for task in experiment.tasks.values():
        found += findings_of("task", study, task) if task.reader else ()
    _forecast(study, any(finding.severity == "error" for finding in found))
    found += findings_of("study", study)
    tasks = experiment.tasks.values()
    return Report(
        findings=merged(found),
        levels=hierarchy(study),
        sizes={task.name: {split: size_of(task, split) for split in task.corpora} for task in tasks},
        labels=_labels(study),
        steps=steps_of(study),
        schedule=_schedule(study.run),
        memory=memory_of(study),
    )


def _forecast(study: Study, has_errors: bool) -> None:
    """The schedule of training, with the training data that have been read."""
    config = copy.deepcopy(dict(study.experiment.config))
    try:
        # batches are made of words, and an indexer may want a download
        config["dataset_reader"].pop("token_indexers", None)
        # what has been read needs no cache
        config["data_loader"].pop("cache", None)
        study.run = Run.from_config(Params(config), study.experiment.known_reader())
    except UNBUILT as fault:
        # after other errors, this one most likely is one of them
        study.is_broken = has_errors
        study.fault = None if has_errors else slip_of(fault, "trainer")


def _schedule(run: Run | None) -> str:
    return (
        ""
        if run is None
        else f"{run.schedule.kind}, {run.plan.num_epochs} × {run.schedule.steps(run.plan)} steps"
    )


def _labels(study: Study) -> Balance:
    found = (balance(task) for task in study.experiment.tasks.values())
    return {
        namespace: (dict(counts.most_common()), entropy(counts))
        for by_namespace in found
        for namespace, counts in by_namespace.items()
    }
