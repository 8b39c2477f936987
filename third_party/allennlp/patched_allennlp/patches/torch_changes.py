"""Patches 2 to 6 and 9: what torch and transformers have changed since, and what they showed to be wrong."""

from patched_allennlp.patching import Patch

ADAMW = (
    Patch(
        name="2 AdamW",
        file="allennlp/training/optimizers.py",
        find="(Optimizer, transformers.AdamW)",
        replace="(Optimizer, torch.optim.AdamW)",
        why="transformers dropped its own AdamW in favour of torch's.",
    ),
    Patch(
        name="2 AdamW",
        file="allennlp/training/optimizers.py",
        find="        correct_bias: bool = True,\n    ):\n",
        replace="        correct_bias: bool = True,\n    ):\n        if not correct_bias:\n"
        '            raise ConfigurationError("huggingface_adamw: torch\'s AdamW always corrects the bias; "\n'
        '                "remove correct_bias")\n',
        why="torch's AdamW always corrects the bias: an old config that asks otherwise must not train in silence.",
    ),
    Patch(
        name="2 AdamW",
        file="allennlp/training/optimizers.py",
        find="            correct_bias=correct_bias,\n",
        replace="",
        why="torch's AdamW has no such argument.",
    ),
)

PLATEAU = (
    Patch(
        name="3 plateau",
        file="allennlp/training/learning_rate_schedulers/pytorch_lr_schedulers.py",
        find="            verbose=verbose,\n",
        replace="",
        why="torch's schedulers print nothing since 2.7; the argument stays so that old configs load.",
    ),
    Patch(
        name="3 plateau",
        file="allennlp/training/learning_rate_schedulers/pytorch_lr_schedulers.py",
        find="        lr_scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(",
        replace="        if verbose:\n"
        '            logger.warning("reduce_on_plateau: torch no longer prints changes, verbose has no effect; "\n'
        '                "let the tensorboard callback log the learning rate (should_log_learning_rate)")\n'
        "        lr_scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(",
        why="A request that has no effect is said to have none.",
    ),
    Patch(
        name="3 plateau",
        file="allennlp/training/learning_rate_schedulers/pytorch_lr_schedulers.py",
        find="from typing import List, Union\n",
        replace="import logging\nfrom typing import List, Union\n",
        why="For the warning.",
    ),
    Patch(
        name="3 plateau",
        file="allennlp/training/learning_rate_schedulers/pytorch_lr_schedulers.py",
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
        why="torch.device(0) asks which accelerator there is and dies where there is none, before `check_for_gpu`"
        " can say what to do; an AllenNLP device number has always meant CUDA.",
    ),
)

TORCH_CHANGES = (*ADAMW, *PLATEAU, *DEVICES)
