"""The metrics of one task on its data."""

import torch
from allennlp.common.tqdm import Tqdm
from allennlp.models import Model

from hmtl.data_loader import MultiTaskLoader


def evaluate_task(
    model: Model, loader: MultiTaskLoader, task: str, progress: bool = True
) -> dict[str, float]:
    """`task/loss`, the mean over batches, and the metrics of the task's head. Leaves the model in `eval`
    mode."""
    model.eval()
    model.get_metrics(reset=True)
    loss, batches = 0.0, len(loader.batches(task, None))
    bar = Tqdm.tqdm(
        loader.iterate(task), total=batches, desc=f"validating {task}", leave=False, disable=not progress
    )
    with torch.inference_mode():
        for batch in bar:
            loss += float(model(**batch)["loss"])
    return {f"{task}/loss": loss / batches, **model.get_metrics(reset=True)}
