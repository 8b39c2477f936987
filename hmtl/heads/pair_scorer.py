"""Scores of ordered pairs and the loss of independent labels on them. Shared by the heads of relations."""

import math

import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor

REDUCTIONS = ("mean", "sum")


class PairScorer(torch.nn.Module):
    """s(i, j) = Vᵀ ReLU(Uᵀ g_i + Wᵀ g_j + b), one score per label, each label decided on its own: it holds
    where σ(s) exceeds a threshold (Bekoulis et al. 2018, "Joint entity recognition and relation extraction as
    a multi-head selection problem").

    # Parameters

    task, labels : for which relation task, and its labels; error messages name them.
    input_dim, hidden_dim : widths of g and of b.
    threshold : a probability, strictly between 0 and 1.
    reduction : of the loss. `mean` is 100 times the mean over pairs and labels, the original HMTL's scale;
        `sum` weighs a text by its number of pairs, and stands on the scale of a CRF's loss.

    # Raises

    `ConfigurationError` where there is no label, or an argument is out of range.
    """

    def __init__(
        self, task: str, labels: list[str], input_dim: int, hidden_dim: int, threshold: float, reduction: str
    ) -> None:
        super().__init__()
        if not labels:
            raise ConfigurationError(
                f"vocabulary: task '{task}' has no relation label; train on data with relations, "
                f"or list the labels in vocabulary.tokens_to_add.{task}_labels"
            )
        if not 0 < threshold < 1:
            raise ConfigurationError(
                f"model.heads.{task}.threshold: {threshold} is no probability; choose between 0 and 1"
            )
        if reduction not in REDUCTIONS:
            raise ConfigurationError(
                f"model.heads.{task}.reduction: '{reduction}' is unknown; choose {' or '.join(REDUCTIONS)}"
            )
        self.reduction = reduction
        self.least_score = math.log(threshold / (1 - threshold))
        self.as_head = torch.nn.Linear(input_dim, hidden_dim)  # U and b
        self.as_tail = torch.nn.Linear(input_dim, hidden_dim, bias=False)  # W
        self.output = torch.nn.Linear(hidden_dim, len(labels), bias=False)  # V

    def forward(self, heads: Tensor, tails: Tensor) -> Tensor:
        """`(…, hidden)` of both sides, as `as_head` and `as_tail` give them and broadcast against each other,
        to scores `(…, labels)`."""
        return self.output((heads + tails).relu_())

    def loss(self, off: Tensor, gold: Tensor, pairs: int) -> Tensor:
        """Binary cross-entropy of all pairs and labels, reduced.

        # Parameters

        off : scalar, the sum of softplus(s) = −log(1 − σ(s)) over all pairs and labels, as if none held.
        gold : `(gold,)`, the scores of those that hold, for which −log σ(s) = softplus(s) − s.
        pairs : how many pairs `off` sums over.
        """
        total = off - gold.sum()
        return total if self.reduction == "sum" else 100 * total / max(1, pairs * self.output.out_features)
