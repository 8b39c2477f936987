"""How many gold mentions survive the pruning of spans."""

from collections.abc import Hashable, Iterable

import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric


@Metric.register("mention_recall")
class MentionRecall(Metric):
    """The share of the gold mentions of coreference clusters that a model keeps as candidates, which
    bounds its recall (Lee et al. 2017). A gold mention that cannot be a candidate (too wide, across
    sentences) is missed."""

    supports_distributed = True

    def __init__(self) -> None:
        self.reset()

    def __call__(self, predicted: Iterable[Hashable], gold: Iterable[Hashable]) -> None:  # type: ignore[override]
        """Adds one document: the spans kept and the gold mentions."""
        gold = set(gold)
        self._counts += torch.tensor([len(gold.intersection(predicted)), len(gold)])

    def get_metric(self, reset: bool = False) -> dict[str, float]:  # type: ignore[override]
        """`mention_recall` over all documents of all workers; 0 where there is no gold mention."""
        found, total = dist_reduce_sum(self._counts).tolist()
        if reset:
            self.reset()
        return {"mention_recall": found / total if total else 0.0}

    def reset(self) -> None:
        """Forgets all documents."""
        self._counts = torch.zeros(2, dtype=torch.int64)
