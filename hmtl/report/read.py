"""From a run's directory to a `Run`. Files may be damaged, or come from somebody else."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.json_values import JsonValue
from hmtl.report.older import tasks_of_older
from hmtl.report.run import Epoch, Interference, Run, Stretch, Task
from hmtl.report.values import count, lines_of, mapping, number, object_of, optional, truth

_EPOCH = re.compile(r"metrics_epoch_(0|[1-9]\d{0,8})\.json", re.ASCII)


def read_run(directory: Path) -> Run:
    """The run that left its files in a directory.

    `run.json`, `metrics.json` and `timings.jsonl` may be absent: older runs lack the first and the last, and
    a run that was stopped has no `metrics.json`. Raises `ConfigurationError`, one line with the file and the
    line or key, for a directory without a run and for a damaged file.
    """
    config, epochs = _beginning(directory)
    final, known = object_of(directory / "metrics.json"), object_of(directory / "run.json")
    results = None if final is None else _figures(final)
    stretches = [_stretch(line) for line in lines_of(directory / "timings.jsonl")]
    run = known or JsonValue({}, "run.json")
    return Run(
        name=directory.resolve().name or str(directory),
        tasks=_tasks(known) if known else tasks_of_older(config, epochs, results or {}),
        epochs=epochs,
        config=config.value,
        final=results,
        parts=mapping(run["parts"], count),
        trained_parameters=optional(run["trained_parameters"], count),
        num_epochs=optional(run["num_epochs"], count) or _planned(config),
        world_size=optional(run["world_size"], count) or 1,
        stretches=stretches,
        notes=list(_notes(known is not None, bool(stretches), epochs)),
    )


def _beginning(directory: Path) -> tuple[JsonValue, list[Epoch]]:
    """The config and the epochs, which every run has."""
    if not directory.is_dir():
        raise ConfigurationError(f"{directory}: is no directory; give the one that a run was saved in")
    config = object_of(directory / "config.json")
    if config is None:
        raise ConfigurationError(
            f"{directory}: has no config.json; give the directory that a run was saved in"
        )
    numbers = sorted(int(match[1]) for file in directory.iterdir() if (match := _EPOCH.fullmatch(file.name)))
    files = {n: object_of(directory / f"metrics_epoch_{n}.json") for n in numbers}
    epochs = [_epoch(file, n) for n, file in files.items() if file is not None]
    if not epochs:
        raise ConfigurationError(
            f"{directory}: has no metrics_epoch_*.json; there is a run to report on once an epoch is finished"
        )
    return config, epochs


def _planned(config: JsonValue) -> int | None:
    trainer = config.value.get("trainer")
    planned = trainer.get("num_epochs") if isinstance(trainer, dict) else None
    return planned if type(planned) is int else None


def _tasks(run: JsonValue) -> dict[str, Task]:
    tasks = mapping(run["tasks"], _task)
    if not tasks:
        run["tasks"].fail("names no task", "restore the file, or remove it to do without")
    return tasks


def _task(value: JsonValue) -> Task:
    name = value.key.removeprefix("tasks.")
    metric = optional(value["metric"], JsonValue.string)
    return Task(
        name,
        metric.removeprefix(f"{name}/") if metric else None,
        truth(value["higher_is_better"]),
        truth(value["validated"]),
        optional(value["batches"], count),
        optional(value["instances"], count),
    )


def _epoch(file: JsonValue, epoch: int) -> Epoch:
    if file["epoch"].integer() != epoch:
        file["epoch"].fail(f"is {file['epoch'].value}", f"give {epoch}, as in the file's name")
    interference = file["interference"]
    return Epoch(epoch, _figures(file), None if interference.is_null else _interference(interference))


def _figures(file: JsonValue) -> dict[str, float]:
    """All numbers of the file; what else may stand there is not ours."""
    return {name: number(file[name]) for name in file.names() if type(file.value[name]) in (int, float)}


def _interference(value: JsonValue) -> Interference:
    return Interference(
        mapping(value["samples"], count),
        mapping(value["cosine"], lambda part: mapping(part, number)),
        mapping(value["effect"], lambda source: mapping(source, number)),
    )


def _stretch(line: JsonValue) -> Stretch:
    return Stretch(
        count(line["epoch"]),
        mapping(line["seconds"], number),
        mapping(line["words"], number),
        number(line["training_seconds"]),
        number(line["validation_seconds"]),
    )


def _notes(known: bool, timed: bool, epochs: Sequence[Epoch]) -> Iterator[str]:
    gaps = [(a + 1, b - 1) for a, b in pairwise([-1, *(epoch.number for epoch in epochs)]) if b - a > 1]
    if gaps:
        spans = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in gaps)
        yield f"No metrics_epoch_*.json of epoch {spans}: the report does without."
    if not known:
        yield "No run.json: sizes of corpora and of the model's parts are not known."
    if not timed:
        yield "No timings.jsonl: times are not known."
    if not any(epoch.interference for epoch in epochs):
        yield "Gradients were not sampled: whose steps hurt whom is not known."
