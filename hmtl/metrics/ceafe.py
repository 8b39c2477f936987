"""CEAFe: coreference as entities, aligned one to one."""

import numpy as np

from hmtl.metrics.overlap import Counts, Overlap


def ceafe(overlap: Overlap) -> Counts:
    """The entity-based score of Luo, "On Coreference Resolution Performance Metrics" (EMNLP 2005), with φ4.

    φ4(K, R) = 2 |K∩R| / (|K| + |R|). The one-to-one alignment of key and response clusters with the greatest
    total φ4 gives precision over the number of response clusters and recall over the number of key clusters.
    """
    # half a second, which those who only predict need not wait
    from scipy.optimize import linear_sum_assignment

    sizes = overlap.response_sizes[overlap.rows] + overlap.key_sizes[overlap.columns]
    # clusters that share nothing cannot add to the total: leaving them out keeps the table small
    rows, row_of = np.unique(overlap.rows, return_inverse=True)
    columns, column_of = np.unique(overlap.columns, return_inverse=True)
    # (response clusters, key clusters)
    similarity = np.zeros((len(rows), len(columns)))
    similarity[row_of, column_of] = 2 * overlap.shared / sizes
    total = float(similarity[linear_sum_assignment(similarity, maximize=True)].sum())
    return Counts(total, float(len(overlap.response_sizes)), total, float(len(overlap.key_sizes)))
