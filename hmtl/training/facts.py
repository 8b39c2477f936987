"""What a run is, for those who read its directory."""

import json
from typing import Any

from torch import nn

from hmtl.files import replacing
from hmtl.model import MultiTaskModel
from hmtl.schedules import Plan
from hmtl.training.progress import Progress

FACTS = "run.json"


def write_facts(progress: Progress, plan: Plan, model: MultiTaskModel, world_size: int) -> None:
    """Writes `run.json`: the tasks with their metric and data, the parts of the model with their sizes."""
    validated = {state.task for state in progress.validated}
    facts: dict[str, Any] = {
        "tasks": {
            task: {
                "metric": state.metric,
                "higher_is_better": state.sign > 0,
                "validated": task in validated,
                "batches": plan.sizes[task].batches,
                "instances": plan.sizes[task].instances,
            }
            for task, state in progress.states.items()
        },
        "parts": {name: _count(part) for name, part in model.parts().items()},
        "trained_parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "num_epochs": plan.num_epochs,
        "world_size": world_size,
    }
    with replacing(progress.directory / FACTS) as file:
        file.write(json.dumps(facts, indent=2).encode() + b"\n")


def _count(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())
