"""Patches 2, 3, 6 and 9: what torch and transformers have changed, and what they showed to be wrong."""

from patched_allennlp.patching import Patch

_OPTIMIZERS = "allennlp/training/optimizers.py"
_SCHEDULERS = "allennlp/training/learning_rate_schedulers/pytorch_lr_schedulers.py"
_TRAINER = "allennlp/training/gradient_descent_trainer.py"
_DDP = "allennlp/nn/parallel/ddp_accelerator.py"
_ONE_AMP = "torch.cuda.amp is deprecated and warns at every use; torch.amp is the same, told which device."

ADAMW = (
    Patch(
        name="2 AdamW",
        file=_OPTIMIZERS,
        find="(Optimizer, transformers.AdamW)",
        replace="(Optimizer, torch.optim.AdamW)",
        why="transformers dropped its own AdamW in favour of torch's.",
    ),
    Patch(
        name="2 AdamW",
        file=_OPTIMIZERS,
        find="        correct_bias: bool = True,\n    ):\n",
        replace="""\
        correct_bias: bool = True,
    ):
        if not correct_bias:
            raise ConfigurationError(
                "huggingface_adamw: torch's AdamW always corrects the bias; remove correct_bias"
            )
""",
        why="An old config that asks for what torch's AdamW does not do must not train in silence.",
    ),
    Patch(
        name="2 AdamW",
        file=_OPTIMIZERS,
        find="            correct_bias=correct_bias,\n",
        replace="",
        why="torch's AdamW has no such argument.",
    ),
)

PLATEAU = (
    Patch(
        name="3 plateau",
        file=_SCHEDULERS,
        find="            verbose=verbose,\n",
        replace="",
        why="torch's schedulers have lost the argument; ours keeps it so that old configs load.",
    ),
    Patch(
        name="3 plateau",
        file=_SCHEDULERS,
        find="        lr_scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(\n",
        replace="""\
        if verbose:
            logger.warning(
                "reduce_on_plateau: torch no longer prints changes, so verbose has no effect; "
                "the tensorboard callback logs learning rates (should_log_learning_rate)"
            )
        lr_scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
""",
        why="A request that has no effect is said to have none.",
    ),
    Patch(
        name="3 plateau",
        file=_SCHEDULERS,
        find="from typing import List, Union\n",
        replace="import logging\nfrom typing import List, Union\n",
        why="For the warning.",
    ),
    Patch(
        name="3 plateau",
        file=_SCHEDULERS,
        find='@LearningRateScheduler.register("step")\n',
        replace='logger = logging.getLogger(__name__)\n\n\n@LearningRateScheduler.register("step")\n',
        why="For the warning.",
    ),
)

DEVICES = (
    Patch(
        name="6 devices",
        file="allennlp/common/util.py",
        find="    return torch.device(device)\n",
        replace='    return torch.device("cuda", device)\n',
        why="torch.device(0) asks which accelerator there is and dies where there is none, before "
        "`check_for_gpu` can say what to do; a device number has always meant CUDA here.",
    ),
)

AMP = (
    Patch(
        name="9 amp",
        file=_TRAINER,
        find="                backward_called = False\n",
        replace="""\
                # The callbacks take their loss from here: it must be this batch's share of the group's.
                backward_outputs = {**batch_outputs, "loss": loss}
                backward_called = False
""",
        why="Under AMP with gradient accumulation the undivided loss was scaled: gradients came out as many "
        "times too large as batches were accumulated.",
    ),
    Patch(
        name="9 amp",
        file=_TRAINER,
        find="self, batch_outputs, backward_called",
        replace="self, backward_outputs, backward_called",
        count=2,
        why="Once for the configured callbacks and once for the one that AMP uses.",
    ),
    Patch(
        name="9 amp",
        file=_TRAINER,
        find="from torch.cuda import amp\n",
        replace="from torch import amp\n",
        why=_ONE_AMP,
    ),
    Patch(
        name="9 amp",
        file=_TRAINER,
        find="amp.autocast(self._use_amp)",
        replace='amp.autocast("cuda", enabled=self._use_amp)',
        count=2,
        why=_ONE_AMP + " Once in training and once in validation.",
    ),
    Patch(
        name="9 amp",
        file=_DDP,
        find="from torch.cuda import amp\n",
        replace="from torch import amp\n",
        why=_ONE_AMP,
    ),
)

TORCH_CHANGES = (*ADAMW, *PLATEAU, *DEVICES, *AMP)
