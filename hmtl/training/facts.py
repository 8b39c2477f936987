"""What a run is, for those who read its directory."""

import json
from typing import Any

from torch import nn

from hmtl.data_loader import TaskSize
from hmtl.files import replacing
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan
from hmtl.training.progress import Progress
from hmtl.training.task_state import ValidationMetric

FACTS = "run.json"


def write_facts(progress: Progress, plan: Plan, model: MultiTaskModel, world_size: int) -> None:
    """Writes `run.json`: the tasks with their metric and data, the parts of the model with their sizes."""
    facts: dict[str, Any] = {
        "tasks": {task: _task(task, progress, plan, model) for task in model.tasks},
        "parts": {name: _count(part) for name, part in model.parts().items()},
        "trained_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "num_epochs": plan.num_epochs,
        "world_size": world_size,
    }
    with replacing(progress.directory / FACTS) as file:
        file.write(json.dumps(facts, indent=2).encode() + b"\n")


def _task(task: str, progress: Progress, plan: Plan, model: MultiTaskModel) -> dict[str, Any]:
    # a task of the model that training started from may have no state and no data
    state, size = progress.states.get(task), plan.sizes.get(task, TaskSize(0, 0))
    metric = state.judged_by if state else ValidationMetric.of(task, model.heads[task].main_metric)
    return {
        "metric": metric.name,
        "higher_is_better": metric.sign > 0,
        "validated": metric in progress.judges,
        "batches": size.batches,
        "instances": size.instances,
    }


def _count(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())
