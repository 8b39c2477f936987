"""Patch 14: distributed training ends as training in one process does (`common/workers.py`)."""

from patched_allennlp.patching import Patch

_NAME = "14 distributed"
_TRAIN = "allennlp/commands/train.py"
_UTIL = "allennlp/training/util.py"
_TQDM = "allennlp/common/tqdm.py"

DISTRIBUTED = (
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="    if primary:\n        train_loop.finish(metrics)\n",
        replace="    train_loop.finish(metrics)\n",
        why="Evaluated by one process alone, the test data were its share of them, and a metric that is "
        "summed over the processes waited for ever.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="""\
        common_util.dump_metrics(
            os.path.join(self.serialization_dir, "metrics.json"), metrics, log=True
        )
""",
        replace="""\
        if self.trainer._primary:
            common_util.dump_metrics(
                os.path.join(self.serialization_dir, "metrics.json"), metrics, log=True
            )
""",
        why="Of all processes that finish, one writes.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find="        iterator = iter(data_loader)\n",
        replace="        iterator = in_step(data_loader)\n",
        why="A process with a batch more than the others would wait for them for ever.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find='final_metrics["loss"] = total_loss / total_weight\n',
        replace="""\
final_metrics["loss"] = nn_util.dist_reduce_sum(total_loss) / nn_util.dist_reduce_sum(
                total_weight
            )
""",
        why="The mean over the data of all processes, as the metrics are.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find="from allennlp.nn import util as nn_util\n",
        replace="from allennlp.nn import util as nn_util\nfrom allennlp.training.in_step import in_step\n",
        why="For the evaluation.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="        mp.spawn(\n",
        replace="        workers.spawn(\n",
        why="What the user can mend came as a traceback in a traceback, where it came at all; Ctrl-C printed "
        "one for each process; and SIGTERM ended none of them.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="import torch.multiprocessing as mp\n",
        replace="",
        why="Nothing else of it was used.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="from allennlp.common import util as common_util\n",
        replace="from allennlp.common import util as common_util\nfrom allennlp.common import workers\n"
        "from allennlp.common.distributed_options import check_options\n",
        why="What starts the processes, and what checks before.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find='        device_ids = distributed_params.pop("cuda_devices", None)\n',
        replace="        check_options(distributed_params, node_rank)\n"
        '        device_ids = distributed_params.pop("cuda_devices", None)\n',
        why="A misspelt key was passed over; a host too many, a port of each host's own or one device on the "
        "CPU and one not left the processes waiting for each other.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="""\
            dist.init_process_group(
                backend="nccl",
""",
        replace="""\
            workers.meet(
                backend="nccl",
""",
        why="Ctrl-C did not end a process that waited for another host, and one that did not come was a "
        "traceback.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="""\
            dist.init_process_group(
                backend="gloo",
""",
        replace="""\
            workers.meet(
                backend="gloo",
""",
        why="As above, on the CPU.",
    ),
    Patch(
        name=_NAME,
        file=_TQDM,
        find="class Tqdm:\n",
        replace="class Tqdm:\n    hidden = False\n\n",
        why="Every process drew its bars over those of the others.",
    ),
    Patch(
        name=_NAME,
        file=_TQDM,
        find='            "mininterval": default_mininterval,\n',
        replace='            "mininterval": default_mininterval,\n            "disable": Tqdm.hidden,\n',
        why="As above.",
    ),
)
