"""Three tasks, and a schedule of each kind for them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from allennlp.common import Params

from hmtl.data_loader import TaskSize
from hmtl.schedules import Plan, Schedule

SIZES = {"ner": TaskSize(20, 600), "emd": TaskSize(5, 150), "coref": TaskSize(75, 75)}
SCORES = (
    {"ner": 0.5, "emd": 0.3, "coref": -0.7},
    {"ner": 0.5, "emd": 0.4, "coref": -0.6},
    {"ner": 0.5, "emd": 0.5, "coref": -0.5},
    {"ner": 0.5, "emd": 0.5, "coref": -0.5},
)
"""`coref` has a metric where lower is better; `ner` has converged."""

CONFIGS: dict[str, dict[str, Any]] = {
    "proportional": {},
    "uniform": {},
    "weighted": {"weights": {"emd": 1, "coref": 2.5, "ner": 0.5}},
    "temperature": {"temperature": 3.0, "limit": 50},
    "smoothed": {"smoothing": 0.3},
    "annealed": {},
    "round_robin": {},
    "sequential": {},
    "time_dependent": {"weights": {"ner": 1, "emd": [[0, 0], [450, 4]], "coref": [[0, 2], [900, 0.5]]}},
    "dynamic": {"single_task_scores": {"ner": 0.8, "emd": 0.6, "coref": 0.4}},
    "stop_and_go": {},
}
FIXED = ("round_robin", "sequential", "stop_and_go")
"""Kinds that draw nothing by lot."""

every_schedule = pytest.mark.parametrize("name", Schedule.list_available())
random_schedule = pytest.mark.parametrize(
    "name", [name for name in Schedule.list_available() if name not in FIXED]
)


def build(name: str, **config: Any) -> Schedule:
    return Schedule.from_params(Params({"type": name, **CONFIGS[name], **config}))


def plan_of(
    sizes: Mapping[str, TaskSize] = SIZES,
    num_epochs: int = 10,
    seed: int = 1,
    scores: Sequence[Mapping[str, float]] = SCORES,
) -> Plan:
    return Plan(sizes, num_epochs, seed, scores)


def shares(schedule: Schedule, epoch: int = 0, plan: Plan | None = None) -> dict[str, float]:
    """The expected share of each task in an epoch."""
    expected = schedule.expected(epoch, plan or plan_of())
    return {task: steps / sum(expected.values()) for task, steps in expected.items()}
