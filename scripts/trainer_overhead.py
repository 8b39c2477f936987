"""How much of a training step is the trainer's own: all but forward pass, backward pass and optimiser.

    python scripts/trainer_overhead.py [configs/demo.jsonnet] [--epochs 3]

Trains in a temporary directory, without validation, as `allennlp train` would. The first epoch warms up and
does not count.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from allennlp.commands.train import TrainModel
from allennlp.common import Params
from allennlp.common.util import import_module_and_submodules, prepare_environment

PARTS = ("forward", "backward", "optimizer")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("config", nargs="?", default="configs/demo.jsonnet")
    arguments.add_argument("--epochs", type=int, default=3)
    args = arguments.parse_args()
    import_module_and_submodules("hmtl")
    with tempfile.TemporaryDirectory() as directory:
        report(*measure(args.config, args.epochs, directory))


def measure(config: str, epochs: int, directory: str) -> tuple[Counter[str], int]:
    """Seconds of the whole loop over steps and of each of `PARTS` after the first epoch, and the steps."""
    params = Params.from_file(config)
    for key in ("validation_data_path", "test_data_path", "evaluate_on_test", "include_in_archive"):
        params.pop(key, None)
    prepare_environment(params)
    trainer = TrainModel.from_params(params=params, serialization_dir=directory, local_rank=0).trainer
    trainer.num_epochs = epochs
    spent: Counter[str] = Counter()

    def time_it(owner: Any, method: str, part: str) -> None:
        function: Callable = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            result = function(*args, **kwargs)
            # with the last reference to a loss goes its graph, which backward has to release
            del args, kwargs
            if trainer.progress.epoch > 0:
                spent[part] += time.perf_counter() - begun
            return result

        setattr(owner, method, timed)

    time_it(trainer.model, "forward", "forward")
    time_it(trainer.stepper.precision, "backward", "backward")
    for learner in {id(s.learner): s.learner for s in trainer.progress.states.values()}.values():
        time_it(learner.optimizer, "step", "optimizer")
    time_it(trainer, "_take_steps", "all")
    trainer.train()
    return spent, trainer.progress.step * (epochs - 1) // epochs


def report(spent: Counter[str], steps: int) -> None:
    """One line each, in milliseconds a step and as a share."""
    own = spent["all"] - sum(spent[part] for part in PARTS)
    for name, seconds in (*((part, spent[part]) for part in PARTS), ("the trainer's own", own)):
        print(f"{name:18} {1000 * seconds / steps:8.2f} ms {100 * seconds / spent['all']:6.1f} %")


if __name__ == "__main__":
    main()
