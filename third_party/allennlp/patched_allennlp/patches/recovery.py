"""Patch 13: `--recover` takes up a run whose config may differ in what is named (`training/recovery.py`)."""

from patched_allennlp.patching import Patch

_NAME = "13 recovery"
_UTIL = "allennlp/training/util.py"

RECOVERY = (
    Patch(
        name=_NAME,
        file=_UTIL,
        find="        loaded_params = Params.from_file(recovered_config_file)\n",
        replace="""\
        # Imported here because the trainer, whose class is asked, needs this module.
        from allennlp.training.recovery import check_recovery

        loaded_params = check_recovery(params, recovered_config_file)
""",
        why="Upstream's comparison, which follows, refused every difference and named each in the log alone; "
        "it is left with none to find.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find='not empty. Specify --recover to recover from an existing output folder."',
        replace='not empty; go on with its run by --recover, or overwrite it by --force"',
        why="Who only wants to run again was told of --recover alone.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/training/trainer.py",
        find='    default_implementation = "gradient_descent"\n',
        replace="""\
    default_implementation = "gradient_descent"

    changeable_on_recovery: Tuple[str, ...] = ()
    \"\"\"
    Dotted keys of a config that `--recover` lets differ from the one that began the run. A `*` is any text
    without a dot, and at the end any text.
    \"\"\"
""",
        why="What may change depends on what the trainer keeps in its checkpoints.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/training/trainer.py",
        find="from typing import Any, Dict, Optional, Union, NamedTuple\n",
        replace="from typing import Any, Dict, Optional, Tuple, Union, NamedTuple\n",
        why="For the annotation.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/training/gradient_descent_trainer.py",
        find="    def __init__(\n        self,\n        model: Model,\n        optimizer: ",
        replace="""\
    changeable_on_recovery = ("trainer.num_epochs", "trainer.patience")

    def __init__(
        self,
        model: Model,
        optimizer: """,
        why="Its checkpoints hold neither; both are asked anew at the end of every epoch.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/training/scheduler.py",
        find="        self.__dict__.update(state_dict)\n",
        replace="""\
        # How long the run is to be is said by the config that goes on with it, not by the one before.
        length = ("num_epochs", "total_steps")
        self.__dict__.update({key: state_dict[key] for key in state_dict if key not in length})
""",
        why="A schedule that ends with the run kept the end of the run as it was first planned: the epochs "
        "that were added were trained at the last learning rate, which may be 0.",
    ),
)
