"""Runs from before `run.json`: what can be said of their tasks all the same."""

import re
from collections.abc import Mapping, Sequence

from allennlp.common.checks import ConfigurationError

from hmtl.json_values import JsonValue
from hmtl.report.run import Epoch, Task


def tasks_of_older(config: JsonValue, epochs: Sequence[Epoch], final: Mapping[str, float]) -> dict[str, Task]:
    """The tasks that have figures, in the order of the config where it has one.

    The main metric of a task is the one that the config states, else the one whose best `metrics.json` has,
    else the validation loss: the head that would know is not built for a report. Raises
    `ConfigurationError` where no task has figures.
    """
    names = [name for epoch in epochs for name in epoch.figures]
    found = dict.fromkeys(match[1] for name in names if (match := re.match(r"training_([^/]+)/", name)))
    if not found:
        raise ConfigurationError(
            f"{config.source}: beside it stand no figures of training (`training_<task>/…` in "
            "metrics_epoch_*.json); give the directory of an hmtl run"
        )
    order = _dictionary(config.value.get("model")).get("order")
    stated = order if isinstance(order, list) else []
    first = [task for task in stated if isinstance(task, str) and task in found]
    return {task: _task(task, config, set(names), final) for task in dict.fromkeys([*first, *found])}


def _task(task: str, config: JsonValue, names: set[str], final: Mapping[str, float]) -> Task:
    trainer = _dictionary(config.value.get("trainer"))
    stated = _dictionary(_dictionary(trainer.get("tasks")).get(task)).get("validation_metric")
    best = (name.removeprefix(f"{task}/best_") for name in final if name.startswith(f"{task}/best_"))
    told = next((metric for metric in best if metric != "epoch"), "loss")
    signed = stated if isinstance(stated, str) else f"{'-' if told == 'loss' else '+'}{told}"
    validated = any(name.startswith(f"validation_{task}/") for name in names)
    return Task(task, signed[1:], signed[:1] != "-", validated)


def _dictionary(value: object) -> dict:
    return value if isinstance(value, dict) else {}
