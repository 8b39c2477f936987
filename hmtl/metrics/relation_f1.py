"""Relation extraction under the three settings of the literature."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric

from hmtl.documents import Relation
from hmtl.metrics.counts import precision_recall_f1

SETTINGS: dict[str, Callable[[Relation], tuple[Any, ...]]] = {
    "strict": lambda r: (r.head, r.tail, r.label),
    "boundary": lambda r: (r.head.bounds, r.tail.bounds, r.label),
    "head": lambda r: (r.head.end, r.tail.end, r.label),
}
"""What of a relation must be right: the relation's type and direction always, and of its arguments the bounds
and the types, the bounds, or the last token."""


@Metric.register("relation_f1")
class RelationF1(Metric):
    """Micro-averaged precision, recall and F1 of sets of relations, with the settings told apart as Taillé et
    al. (2020, "Let's Stop Incorrect Comparisons in End-to-end Relation Extraction!") ask.

    `strict_*` and `boundary_*` are theirs. `head_*` compares the last token of each argument, which is what
    the original HMTL reports, and two relations that agree in it count once.

    # Parameters

    relation_bearing_only : leave out texts whose gold holds no relation, as the original does even at test.
        What is predicted there then goes unpunished, so precision comes out too high: for comparison with
        published figures only.
    """

    supports_distributed = True

    def __init__(self, relation_bearing_only: bool = False) -> None:
        self.relation_bearing_only = relation_bearing_only
        self.reset()

    def __call__(  # type: ignore[override]
        self, predicted: Iterable[Relation], gold: Iterable[Relation], types_known: bool = True
    ) -> None:
        """Adds the relations of one document; to `strict_*` only where the types of the gold arguments are
        known."""
        predicted, gold = list(predicted), list(gold)
        if self.relation_bearing_only and not gold:
            return
        for row, (setting, view) in enumerate(SETTINGS.items()):
            if setting == "strict" and not types_known:
                continue
            found, wanted = set(map(view, predicted)), set(map(view, gold))
            self._counts[row] += torch.tensor([len(found & wanted), len(found), len(wanted)])

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """`{strict,boundary,head}_{precision,recall,f1}` over all documents, of all processes, since the last
        reset."""
        scores = {}
        for setting, counts in zip(SETTINGS, dist_reduce_sum(self._counts).tolist(), strict=True):
            names = (f"{setting}_{score}" for score in ("precision", "recall", "f1"))
            scores.update(zip(names, precision_recall_f1(*counts), strict=True))
        if reset:
            self.reset()
        return scores

    def reset(self) -> None:
        """Forgets all documents."""
        # (settings, 3): correct, predicted, gold
        self._counts = torch.zeros(len(SETTINGS), 3, dtype=torch.long)
