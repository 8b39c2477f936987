"""From a config to what decides which data a run sees."""

from dataclasses import dataclass
from inspect import signature
from typing import Any

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import create_kwargs
from allennlp.data import DataLoader, DatasetReader
from torch import nn

from hmtl.data_loader import MultiTaskLoader
from hmtl.dataset_readers import MultiTaskReader
from hmtl.schedules import Plan, Schedule
from hmtl.training import HmtlTrainer
from hmtl.training.build import TaskOptions, build_learners, check_trainer
from hmtl.training.learner import Learner


@dataclass
class Run:
    """The data and the schedules of a run, without its model.

    # Parameters

    learners : by task, over a parameter that stands for all. patience : of the tasks that state none.
    """

    loader: MultiTaskLoader
    schedule: Schedule
    plan: Plan
    learners: dict[str, Learner]
    patience: int | None

    @classmethod
    def from_config(cls, params: Params, reader: MultiTaskReader | None = None) -> "Run":
        """Reads the training data as `allennlp train` does, or with a reader that has them. Raises
        `ConfigurationError` for a config that is none of an hmtl training run, and for one whose trainer or
        schedule could not be built."""
        # The trainer first: a slip in it should not wait for the data.
        trainer = _trainer_arguments(params)
        loader = _loader(params, trainer["accumulate"] * _processes(params), reader)
        order = params.get("model", {}).get("order") or []
        plan = Plan(loader.sizes(order), trainer["num_epochs"], trainer["seed"])
        schedule = trainer["schedule"]
        schedule.check_validated(_validated(params, loader), plan)
        defaults = TaskOptions(trainer["optimizer"], trainer["learning_rate_scheduler"], trainer["patience"])
        learners = build_learners(
            [("parameter", nn.Parameter(torch.zeros(1)))],
            plan,
            schedule,
            trainer["tasks"] or {},
            defaults,
            trainer["shared_optimizer"],
        )
        return cls(loader, schedule, plan, learners, trainer["patience"])


def _section(params: Params, key: str) -> Params:
    section = params.get(key)
    if not isinstance(section, Params):
        raise ConfigurationError(f"{key}: the config has none; is it one to train with?")
    if key != "dataset_reader" and section.get("type") != "hmtl":
        raise ConfigurationError(
            f"{key}.type is {section.get('type')!r}; only the schedule of an 'hmtl' {key} can be told"
        )
    return section


def _trainer_arguments(params: Params) -> dict[str, Any]:
    """What `HmtlTrainer` would be built with, its defaults included."""
    section = _section(params, "trainer")
    section.pop("type")
    built_later = dict.fromkeys(("model", "data_loader", "serialization_dir"))
    given = create_kwargs(HmtlTrainer, HmtlTrainer, section, **built_later)
    bound = signature(HmtlTrainer).bind(**(built_later | given))
    bound.apply_defaults()
    found = bound.arguments
    numbers = {key: found[key] for key in ("num_epochs", "accumulate", "patience")}
    check_trainer(found["seed"], found["average_decay"], **numbers)
    return found


def _processes(params: Params) -> int:
    distributed = params.get("distributed", {})
    devices = distributed.get("cuda_devices")
    return (len(devices) if isinstance(devices, list) else 1) * distributed.get("num_nodes", 1)


def _loader(params: Params, parts: int, reader: MultiTaskReader | None) -> MultiTaskLoader:
    section = _section(params, "data_loader")
    reader = reader or DatasetReader.from_params(_section(params, "dataset_reader"))
    path = params.get("train_data_path")
    if path is None:
        raise ConfigurationError("train_data_path: the config has none; name the training data")
    path = path.as_dict(quiet=True) if isinstance(path, Params) else path
    loader = DataLoader.from_params(section, reader=reader, data_path=path)
    loader.multiply(parts)
    return loader


def _validated(params: Params, loader: MultiTaskLoader) -> list[str]:
    paths = params.get("validation_data_path")
    if paths is None:
        return []
    return [task for task in loader.tasks if not isinstance(paths, Params) or task in paths]
