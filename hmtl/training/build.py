"""From the trainer's config to a learner for each task."""

from collections.abc import Mapping

from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer

from hmtl.data_loader import TaskSize
from hmtl.model import MultiTaskModel
from hmtl.schedules import Schedule
from hmtl.training.learner import Learner, TaskOptions, TaskState


def build_states(
    model: MultiTaskModel,
    sizes: Mapping[str, TaskSize],
    schedule: Schedule,
    options: Mapping[str, TaskOptions],
    optimizer: Lazy[Optimizer],
    learning_rate_scheduler: Lazy[LearningRateScheduler] | None,
    shared: bool,
    num_epochs: int,
    patience: int | None,
) -> dict[str, TaskState]:
    """The state of every task that has training data.

    Raises `ConfigurationError` for options of a task that does not exist, for data without a head, and for an optimiser of a task's own beside
    a shared one.
    """
    _check_tasks(model, sizes, options, shared)
    weights = schedule.weights(0, sizes)
    steps = {task: schedule.steps(sizes) * weights[task] / sum(weights.values()) for task in sizes}

    def build(own: TaskOptions, expected_steps: float) -> Learner:
        parameters = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        built = (own.optimizer or optimizer).construct(model_parameters=parameters)
        scheduler = own.learning_rate_scheduler or learning_rate_scheduler
        if scheduler is None:
            return Learner(built, None)
        length = {"num_epochs": num_epochs, "num_steps_per_epoch": max(1, round(expected_steps))}
        return Learner(built, scheduler.construct(optimizer=built, **length))

    one_for_all = build(TaskOptions(), sum(steps.values())) if shared else None
    states = {}
    for task in sizes:
        own = options.get(task, TaskOptions())
        metric = own.validation_metric or model.heads[task].main_metric
        states[task] = TaskState(
            task, one_for_all or build(own, steps[task]), metric, patience if own.patience is None else own.patience
        )
    return states


def _check_tasks(
    model: MultiTaskModel, sizes: Mapping[str, TaskSize], options: Mapping[str, TaskOptions], shared: bool
) -> None:
    for task in sizes:
        if task not in model.heads:
            raise ConfigurationError(f"model.heads: task '{task}' has training data but no head; add one or drop its data")
    for task, own in options.items():
        if task not in sizes:
            raise ConfigurationError(f"trainer.tasks.{task}: there is no such task; the tasks are {', '.join(sizes)}")
        if shared and (own.optimizer or own.learning_rate_scheduler):
            raise ConfigurationError(
                f"trainer.tasks.{task}: has an optimizer or schedule of its own although trainer.shared_optimizer is true; remove one"
            )
