"""From the trainer's config to a learner for each task."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer
from torch import nn

from hmtl.data_loader import TaskSize
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan, Schedule
from hmtl.training.learner import Learner
from hmtl.training.task_state import TaskState


@dataclass
class TaskOptions(FromParams):
    """What one task does in its own way; what is left out is as for all tasks.

    # Parameters

    optimizer, learning_rate_scheduler, patience : as in `HmtlTrainer`.
    validation_metric : with its direction, such as `+f1`; default the head's own.
    """

    optimizer: Lazy[Optimizer] | None = None
    learning_rate_scheduler: Lazy[LearningRateScheduler] | None = None
    patience: int | None = None
    validation_metric: str | None = None


def build_states(
    model: MultiTaskModel,
    plan: Plan,
    schedule: Schedule,
    options: Mapping[str, TaskOptions],
    defaults: TaskOptions,
    shared: bool,
    trained: Collection[str] = (),
) -> dict[str, TaskState]:
    """The state of every task that has training data.

    # Parameters

    options : of single tasks. defaults : of the others, with an optimiser. shared : one learner for all
        tasks. trained : parts of the model that an archive has brought; their heads need no data.

    Raises `ConfigurationError` where tasks, heads and options do not fit together, and for an unknown
    validation metric.
    """
    _check_data(model, plan.sizes, trained)
    parameters = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    learners = build_learners(parameters, plan, schedule, options, defaults, shared)
    states = {}
    for task in plan.sizes:
        own = options.get(task, TaskOptions())
        metric = own.validation_metric or model.heads[task].main_metric
        check_positive(f"trainer.tasks.{task}", patience=own.patience)
        patience = defaults.patience if own.patience is None else own.patience
        states[task] = TaskState(task, learners[task], metric, patience)
        _check_metric(states[task], metric[1:], ["loss", *model.heads[task].get_metrics()])
    return states


def build_learners(
    parameters: Sequence[tuple[str, nn.Parameter]],
    plan: Plan,
    schedule: Schedule,
    options: Mapping[str, TaskOptions],
    defaults: TaskOptions,
    shared: bool,
) -> dict[str, Learner]:
    """The learner of every task that has training data; its schedule is told how many steps an epoch is, on
    the average of the run.

    # Parameters

    parameters : with their names, of all learners. options, defaults, shared : as in `build_states`.

    Raises `ConfigurationError` for options of a task that there is not, or that a shared learner cannot have.
    """
    _check_options(plan.sizes, options, shared)

    def build(own: TaskOptions, steps: float) -> Learner:
        built = (own.optimizer or defaults.optimizer).construct(model_parameters=parameters)
        scheduler = own.learning_rate_scheduler or defaults.learning_rate_scheduler
        if scheduler is None:
            return Learner(built, None)
        length = {"num_epochs": plan.num_epochs, "num_steps_per_epoch": max(1, round(steps))}
        return Learner(built, scheduler.construct(optimizer=built, **length))

    epochs = [schedule.expected(epoch, plan) for epoch in range(plan.num_epochs)]
    steps = {task: sum(epoch[task] for epoch in epochs) / len(epochs) for task in plan.sizes}
    if shared:
        return dict.fromkeys(plan.sizes, build(TaskOptions(), sum(steps.values())))
    return {task: build(options.get(task, TaskOptions()), steps[task]) for task in plan.sizes}


def check_trainer(seed: int, average_decay: float | None, **positive: float | None) -> None:
    """Raises `ConfigurationError` for a number of the trainer's config that is out of range."""
    check_positive("trainer", **positive)
    if average_decay is not None and not 0 < average_decay < 1:
        raise ConfigurationError(
            f"trainer.average_decay is {average_decay}; give a number between 0 and 1, or leave it out"
        )
    if seed < 0:
        raise ConfigurationError(f"trainer.seed is {seed}; give 0 or more")


def check_positive(where: str, **numbers: float | None) -> None:
    """Raises `ConfigurationError` for a number that is not above 0; None is no number."""
    for key, number in numbers.items():
        if number is not None and not number > 0:
            raise ConfigurationError(f"{where}.{key} is {number}; give more than 0")


def _check_data(model: MultiTaskModel, sizes: Mapping[str, TaskSize], trained: Collection[str]) -> None:
    check_heads(model, sizes)
    for task in model.heads:
        if task not in sizes and f"heads.{task}" not in trained:
            raise ConfigurationError(
                f"model.heads.{task}: there is no training data for this head; add "
                f"dataset_reader.readers.{task} and train_data_path.{task}, or remove the head"
            )


def _check_options(sizes: Mapping[str, TaskSize], options: Mapping[str, TaskOptions], shared: bool) -> None:
    for task, own in options.items():
        if task not in sizes:
            raise ConfigurationError(
                f"trainer.tasks.{task}: there is no such task; the tasks are {', '.join(sizes)}"
            )
        if shared and (own.optimizer or own.learning_rate_scheduler):
            raise ConfigurationError(
                f"trainer.tasks.{task}: has an optimizer or schedule of its own although "
                "trainer.shared_optimizer is true; remove one"
            )


def check_heads(model: MultiTaskModel, tasks: Collection[str]) -> None:
    """Raises `ConfigurationError` for a task with data that the model has no head for."""
    for task in tasks:
        if task not in model.heads:
            raise ConfigurationError(
                f"model.heads: task '{task}' has data but no head; add one or drop its data"
            )


def _check_metric(state: TaskState, metric: str, known: Collection[str]) -> None:
    if metric not in known:
        raise ConfigurationError(
            f"trainer.tasks.{state.task}.validation_metric: the task has no metric '{metric}'; it has "
            f"{', '.join(sorted(known))}"
        )
