"""The trainer's and the loader's settings."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from allennlp.common import Params

from hmtl.batching import BatchBudget
from hmtl.checking.experiment import UNBUILT, Experiment, slip_of
from hmtl.checking.finding import Finding, did_you_mean, error, note, warning
from hmtl.checking.rule import Study, rule
from hmtl.schedules import Schedule
from hmtl.training.build import check_positive, check_trainer
from hmtl.training.checkpoints import CheckpointOptions

POSITIVE = (
    "num_epochs", "patience", "grad_norm", "grad_clipping", "accumulate", "summary_interval",
    "interference_interval",
)  # fmt: skip


@rule("config")
def trainer_numbers(experiment: Experiment) -> Iterator[Finding]:
    """Numbers of the trainer that are out of range."""
    trainer = {key: value for key, value in experiment.section("trainer").items() if _is_number(value)}
    for key in POSITIVE:
        yield from _fault(lambda key=key: check_positive("trainer", **{key: trainer.get(key)}), "trainer")
    yield from _fault(lambda: check_trainer(0, trainer.get("average_decay")), "trainer")
    yield from _fault(lambda: check_trainer(trainer.get("seed", 0), None), "trainer")
    for task, own in experiment.objects("trainer.tasks").items():
        place, patience = f"trainer.tasks.{task}", own.get("patience")
        if _is_number(patience):
            yield from _fault(lambda p=place, n=patience: check_positive(p, patience=n), place)


@rule("config")
def trainer_parts(experiment: Experiment) -> Iterator[Finding]:
    """A schedule, checkpoints or budgets with settings out of range."""
    parts: list[tuple[Any, str]] = [
        (Schedule, "trainer.schedule"),
        (CheckpointOptions, "trainer.checkpoints"),
    ]
    budgets = experiment.section("data_loader.budgets")
    parts += [
        (BatchBudget, "data_loader.budget"),
        *((BatchBudget, f"data_loader.budgets.{t}") for t in budgets),
    ]
    for base, key in parts:
        section = experiment.section(key)
        if section and not any(slip.key.startswith(key) for slip in experiment.slips):
            yield from _fault(lambda b=base, s=section: b.from_params(Params(copy.deepcopy(s))), key)


@rule("config")
def frozen_parts(experiment: Experiment) -> Iterator[Finding]:
    """Parts to freeze that there are not."""
    levels, heads = experiment.section("model.backbone.levels"), experiment.section("model.heads")
    parts = ["embedder", *(f"levels.{name}" for name in levels), *(f"heads.{name}" for name in heads)]
    frozen = experiment.section("trainer").get("freeze")
    for name in frozen if isinstance(frozen, list) and levels else ():
        if name not in parts:
            yield error(f"the model has no part '{name}'", did_you_mean(name, parts), "trainer.freeze")


@rule("config")
def unused_options(experiment: Experiment) -> Iterator[Finding]:
    """Options of a task that a shared optimizer cannot have."""
    if experiment.section("trainer").get("shared_optimizer"):
        for task, own in experiment.objects("trainer.tasks").items():
            for key in ("optimizer", "learning_rate_scheduler"):
                if own.get(key):
                    yield error("has no effect beside trainer.shared_optimizer", "remove one of the two",
                                f"trainer.tasks.{task}.{key}")  # fmt: skip


@rule("study")
def validation_metrics(study: Study) -> Iterator[Finding]:
    """Validation metrics without a direction, or that the head does not have."""
    for task, own in study.experiment.objects("trainer.tasks").items():
        metric, key = own.get("validation_metric"), f"trainer.tasks.{task}.validation_metric"
        head = study.shapes.heads.get(task) if study.shapes else None
        if not isinstance(metric, str) or head is None:
            continue
        if metric[:1] not in ("+", "-"):
            yield error(f"'{metric}' has no direction", f"write +{metric} or -{metric}", key)
            continue
        try:
            known = ["loss", *head.get_metrics()]
        except NotImplementedError:  # its counts are on a device without memory
            continue
        if metric[1:] not in known:
            yield error(f"the task has no metric '{metric[1:]}'", did_you_mean(metric[1:], known), key)


@rule("study")
def no_forecast(study: Study) -> Iterator[Finding]:
    """A trainer or schedule that could not begin, and what was not tried for other errors."""
    if study.fault is not None:
        yield error(study.fault.cause, study.fault.mend, study.fault.key)
    elif study.is_broken:
        yield note("steps and memory are told once the errors are mended", "mend them", "trainer")


@rule("study")
def unseen_data(study: Study) -> Iterator[Finding]:
    """Tasks of whose data the whole run sees only a part."""
    if study.run is None:
        return
    for task, passes in passes_of(study.run).items():
        if passes < 1:
            yield warning(
                f"the whole run is expected to see {passes:.0%} of the data of task '{task}'",
                "raise num_epochs or steps_per_epoch, or give the task a larger share",
                "trainer.schedule",
            )


def passes_of(run: Any) -> dict[str, float]:
    """The passes over its data that each task can expect of the whole run."""
    plan, schedule = run.plan, run.schedule
    epochs = [schedule.expected(epoch, plan) for epoch in range(plan.num_epochs)]
    return {task: sum(epoch[task] for epoch in epochs) / size.batches for task, size in plan.sizes.items()}


def _is_number(value: Any) -> bool:
    """Of what is none, the walk over the config has told."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fault(build: Callable[[], Any], key: str) -> Iterator[Finding]:
    try:
        build()
    except UNBUILT as fault:
        slip = slip_of(fault, key)
        yield error(slip.cause, slip.mend, slip.key)
