"""The metrics of one task on its data."""

from collections.abc import Callable

import torch
from allennlp.common.tqdm import Tqdm

from hmtl.data_loader import MultiTaskLoader
from hmtl.model import MultiTaskModel
from hmtl.training.ranks import Ranks


def evaluate_task(
    model: MultiTaskModel,
    loader: MultiTaskLoader,
    task: str,
    progress: bool = True,
    poll: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """`task/loss`, the mean over batches, and the metrics of the task's head. Leaves the model in `eval`
    mode. Of many ranks each takes a share of the batches and all return the same. `poll` is called at every
    batch."""
    model.eval()
    model.take_metrics(task)
    ranks = Ranks()
    mine = loader.batches(task, None)[ranks.rank :: ranks.size]
    bar = Tqdm.tqdm(mine, desc=f"validating {task}", leave=False, disable=not progress or ranks.rank > 0)
    loss = 0.0
    with torch.inference_mode():
        for numbers in bar:
            poll()
            loss += float(model(**loader.tensors(task, numbers))["loss"])
    loss, batches = ranks.sum(loss, len(mine))
    return {f"{task}/loss": loss / batches, **model.take_metrics(task)}
