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
    mode. Of many ranks each takes a share of the batches and all return the same. `poll` is called before
    each batch, on all ranks as often."""
    model.eval()
    model.take_metrics(task)
    ranks = Ranks()
    batches = loader.batches(task, None)
    firsts = range(0, len(batches), ranks.size)
    bar = Tqdm.tqdm(firsts, desc=f"validating {task}", leave=False, disable=not progress or ranks.rank > 0)
    loss = 0.0
    with torch.inference_mode():
        for first in bar:
            poll()
            # in the last round some ranks may have none
            if (mine := first + ranks.rank) < len(batches):
                loss += float(model(**loader.tensors(task, batches[mine]))["loss"])
    (loss,) = ranks.sum(loss)
    return {f"{task}/loss": loss / len(batches), **model.take_metrics(task)}
