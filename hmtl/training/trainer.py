"""The trainer's config, and the parts that it puts together."""

from pathlib import Path
from typing import ClassVar, Literal

from allennlp.common import Lazy
from allennlp.training import Trainer
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import AdamOptimizer, Optimizer
from torch import nn

from hmtl.allocator import keep_freed_memory
from hmtl.data_loader import MultiTaskLoader
from hmtl.embedders.stored import keep_all
from hmtl.model import MultiTaskModel
from hmtl.priors import Prior
from hmtl.schedules import Plan, Proportional, Schedule
from hmtl.training.averaging import WeightAverage
from hmtl.training.build import TaskOptions, build_states, check_heads, check_trainer
from hmtl.training.checkpoints import CheckpointOptions, Checkpoints
from hmtl.training.freezing import freeze as freeze_parts
from hmtl.training.interference import Interference
from hmtl.training.interrupts import Interrupts
from hmtl.training.learner import Clipping
from hmtl.training.loop import TrainingLoop
from hmtl.training.precision import Precision
from hmtl.training.progress import Progress
from hmtl.training.ranks import Ranks
from hmtl.training.starting import start_from as start_from_archive
from hmtl.training.stepper import Stepper
from hmtl.training.task_state import TaskState, ValidationMetric
from hmtl.training.watch import WandbOptions


@Trainer.register("hmtl")
class HmtlTrainer(TrainingLoop):
    """Trains one task a step (Sanh, Wolf & Ruder 2019, section 3.3).

    Every step: the schedule names a task, its next batch goes through the levels it needs, the task's own
    optimiser updates what got a gradient. After each epoch every task is validated on its own data and keeps
    its best weights. The run ends when all validated tasks are out of patience (or at the least learning
    rate) or after `num_epochs`.

    All randomness is a function of the seed and of the step's number, so that a run that is killed at any
    moment and resumed equals one never stopped.

    # Parameters

    schedule : which task each step trains.
    tasks : what single tasks do in their own way.
    optimizer, learning_rate_scheduler : of each task (a copy each), over all parameters; or, with
        `shared_optimizer`, one for all tasks together, whose plateau follows the mean of the tasks' metrics.
    num_epochs : at most. patience : epochs without a better validation metric after which a task votes to
        stop; None: never.
    grad_norm, grad_clipping : largest norm of the whole gradient; largest size of each of its elements.
    accumulate : batches of one task that are put together for a step, one after another in memory.
    mixed_precision : of embedder and levels; heads and weights stay in single precision.
    average_decay : decay of the exponential average of the weights that is validated and kept, such as
        0.999; None: no average.
    start_from : an archive or a run's directory whose weights the training starts with; its tasks need no
        training data. The vocabulary must be `hmtl_extended`.
    freeze : parts of the model that stay as they are: `embedder`, `levels.<level>`, `heads.<task>`.
    prior : a penalty on the parameters, such as `successive`. The losses that are shown are without it.
    seed : of the schedule, the dropout and all else in training.
    checkpoints : when the run's state is saved.
    tensorboard, wandb : whether to write `log/`; what to tell Weights & Biases. summary_interval : every how
        many steps. interference_interval : every how many steps of a task to measure what it does to the
        others; None: never.
    """

    changeable_on_recovery: ClassVar[tuple[str, ...]] = (
        "trainer.num_epochs",
        "trainer.patience",
        "trainer.tasks.*.patience",
        "trainer.checkpoints*",
        "trainer.tensorboard",
        "trainer.wandb*",
        "trainer.summary_interval",
        "data_loader.cache",
        "model.embedder.token_embedders.*.directory",
        "data_loader.in_memory",
        "data_loader.workers",
        "evaluate_on_test",
        "distributed.primary_*",
    )
    """Keys of a config that `--recover` lets differ from the one that began the run."""

    def __init__(
        self,
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
        accumulate: int = 1,
        mixed_precision: Literal["bf16", "fp16"] | None = None,
        average_decay: float | None = None,
        start_from: str | None = None,
        freeze: list[str] | None = None,
        prior: Prior | None = None,
        seed: int = 13370,
        cuda_device: int | None = None,
        checkpoints: CheckpointOptions = CheckpointOptions(),  # noqa: B008 - never changed
        tensorboard: bool = True,
        wandb: WandbOptions | None = None,
        summary_interval: int = 50,
        interference_interval: int | None = 10,
    ) -> None:
        check_trainer(
            num_epochs=num_epochs,
            patience=patience,
            grad_norm=grad_norm,
            grad_clipping=grad_clipping,
            accumulate=accumulate,
            average_decay=average_decay,
            seed=seed,
            summary_interval=summary_interval,
            interference_interval=interference_interval,
        )
        super().__init__(serialization_dir, cuda_device=cuda_device, local_rank=local_rank)
        directory, ranks = Path(serialization_dir), Ranks()
        self.model, self.ranks = model.to(self.cuda_device), ranks
        self.started_with = start_from_archive(model, start_from) if start_from else []
        freeze_parts(model, freeze or [])
        keep_all(model)
        self.loader, self.validation_loader = data_loader, validation_data_loader
        for loader in (data_loader, validation_data_loader):
            if loader is not None and self.cuda_device.type != "cpu":
                loader.set_target_device(self.cuda_device)
        data_loader.multiply(accumulate * ranks.size)
        self.schedule, self.num_epochs = schedule, num_epochs
        self.plan = Plan(data_loader.sizes(model.tasks), num_epochs, seed)
        defaults = TaskOptions(optimizer, learning_rate_scheduler, patience)
        states = build_states(
            model, self.plan, schedule, tasks or {}, defaults, shared_optimizer, self.started_with
        )
        validated = validation_data_loader.tasks if validation_data_loader else []
        check_heads(model, validated)
        schedule.check_validated(validated, self.plan)
        precision = Precision(mixed_precision, self.cuda_device)
        interference = interference_interval and Interference(_shared(model), interference_interval)
        clipping = Clipping(grad_norm, grad_clipping)
        keep_freed_memory()
        self.stepper = Stepper(
            model, data_loader, ranks, precision, seed, accumulate, clipping, prior, interference
        )
        average = average_decay and WeightAverage(self.stepper.parameters, average_decay)
        others = {"precision": precision, "interference": interference, "prior": prior}
        self.progress = Progress(
            directory,
            Checkpoints(directory, checkpoints),
            model,
            states,
            [_metric(task, states, model) for task in validated],
            average,
            {name: other for name, other in others.items() if other is not None},
            writes=local_rank == 0,
        )
        self.tensorboard, self.wandb, self.summary_interval = tensorboard, wandb, summary_interval
        self.interrupts = Interrupts()


def _metric(task: str, states: dict[str, TaskState], model: MultiTaskModel) -> ValidationMetric:
    """What a task is judged by; one of the model that training started from may not be trained on."""
    if task in states:
        return states[task].judged_by
    return ValidationMetric.of(task, model.heads[task].main_metric)


def _shared(model: MultiTaskModel) -> dict[str, list[nn.Parameter]]:
    """What is trained of the embedder and of each level."""
    return {
        name: [parameter for parameter in part.parameters() if parameter.requires_grad]
        for name, part in model.shared_parts().items()
    }
