"""What a key and a response partition of mentions have in common: all that the coreference metrics need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

Partition = Sequence[Iterable[Hashable]]
"""Disjoint clusters of mentions."""


class Counts(NamedTuple):
    """Numerators and denominators of one document. Over a corpus each is summed."""

    precision_part: float
    precision_whole: float
    recall_part: float
    recall_whole: float


@dataclass(frozen=True)
class Overlap:
    """The contingency table of response and key, sparse: only clusters that share mentions have a cell.

    response_sizes, key_sizes : mentions in each cluster.
    rows, columns : the response and the key cluster of each cell.
    shared : mentions that both clusters of the cell hold, at least 1.
    """

    response_sizes: np.ndarray
    key_sizes: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    shared: np.ndarray

    @classmethod
    def of(cls, response: Partition, key: Partition) -> Overlap:
        """Counts the mentions that each response cluster shares with each key cluster."""
        response, key = [set(cluster) for cluster in response], [set(cluster) for cluster in key]
        home = {mention: column for column, cluster in enumerate(key) for mention in cluster}
        cells = Counter((row, home[m]) for row, cluster in enumerate(response) for m in cluster if m in home)
        # (cells, 2)
        places = np.array(list(cells), dtype=np.int64).reshape(-1, 2)
        sizes = [np.array([len(cluster) for cluster in side], dtype=np.int64) for side in (response, key)]
        return cls(*sizes, places[:, 0], places[:, 1], np.array(list(cells.values()), dtype=np.int64))
