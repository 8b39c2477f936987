"""What a run is, for those who read its directory."""

import json
from typing import Any

from torch import nn

from hmtl.data_loader import TaskSize
from hmtl.files import replacing
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan
from hmtl.training.progress import Progress

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
    state = progress.states.get(task)
    # a task of the archive that training started from, if it is not trained on
    metric = model.heads[task].main_metric
    size = plan.sizes.get(task, TaskSize(0, 0))
    return {
        "metric": state.metric if state else f"{task}/{metric[1:]}",
        "higher_is_better": state.sign > 0 if state else metric[0] == "+",
        "validated": state in progress.validated,
        "batches": size.batches,
        "instances": size.instances,
    }


def _count(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())
