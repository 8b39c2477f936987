"""The CoNLL-2012 coreference scores."""

import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric

from hmtl.metrics.b_cubed import b_cubed
from hmtl.metrics.ceafe import ceafe
from hmtl.metrics.muc import muc
from hmtl.metrics.overlap import Overlap, Partition

SCORES = {"muc": muc, "b_cubed": b_cubed, "ceafe": ceafe}


@Metric.register("coref_scores")
class CorefScores(Metric):
    """MUC, B³, CEAFe (φ4) and their mean, the CoNLL score, over a corpus as in version 8.01 of the
    official scorer (Pradhan et al. 2014, "Scoring Coreference Partitions of Predicted Mentions: A
    Reference Implementation").

    Names: `muc_precision`, `muc_recall`, `muc_f1`, likewise `b_cubed_*` and `ceafe_*`, and
    `coref_precision`, `coref_recall`, `coref_f1`, the means of the three. A ratio of nothing to nothing
    is 0, as in that scorer.

    # Parameters

    keep_singletons : whether clusters of one mention count. OntoNotes annotates none. Where a corpus
        does, the two settings are different tasks; say which one a score belongs to.
    """

    supports_distributed = True

    def __init__(self, keep_singletons: bool = True) -> None:
        self.keep_singletons = keep_singletons
        self.reset()

    def __call__(self, predicted: Partition, gold: Partition) -> None:  # type: ignore[override]
        """Adds one document: its predicted and its gold clusters, each a partition of hashable mentions."""
        if not self.keep_singletons:
            predicted, gold = ([c for c in side if len(set(c)) > 1] for side in (predicted, gold))
        overlap = Overlap.of(predicted, gold)
        self._counts += torch.tensor([score(overlap) for score in SCORES.values()], dtype=torch.float64)

    def get_metric(self, reset: bool = False) -> dict[str, float]:  # type: ignore[override]
        """The scores over all documents of all workers."""
        # (scores, [precision part, precision whole, recall part, recall whole])
        counts = dist_reduce_sum(self._counts).cpu()
        # (scores, [precision, recall])
        ratios = torch.nan_to_num(counts[:, 0::2] / counts[:, 1::2])
        # (scores)
        f1 = torch.nan_to_num(2 * ratios.prod(1) / ratios.sum(1))
        # (scores, [precision, recall, f1])
        table = torch.cat([ratios, f1.unsqueeze(1)], dim=1)
        names = [f"{score}_{part}" for score in (*SCORES, "coref") for part in ("precision", "recall", "f1")]
        if reset:
            self.reset()
        return dict(zip(names, [*table.flatten().tolist(), *table.mean(0).tolist()], strict=True))

    def reset(self) -> None:
        """Forgets all documents."""
        self._counts = torch.zeros(len(SCORES), 4, dtype=torch.float64)
