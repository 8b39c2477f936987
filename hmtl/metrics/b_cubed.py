"""B³: coreference as seen from each mention."""

from hmtl.metrics.overlap import Counts, Overlap


def b_cubed(overlap: Overlap) -> Counts:
    """The mention-based score of Bagga and Baldwin, "Algorithms for Scoring Coreference Chains" (LREC 1998).

    Recall is the mean over the key's mentions of |K∩R| / |K|, where K and R are the clusters of the mention;
    zero for a mention that the response lacks (Pradhan et al. 2014: mentions are never added or removed).
    Precision swaps key and response.
    """
    squares = overlap.shared.astype(float) ** 2
    return Counts(
        float((squares / overlap.response_sizes[overlap.rows]).sum()),
        float(overlap.response_sizes.sum()),
        float((squares / overlap.key_sizes[overlap.columns]).sum()),
        float(overlap.key_sizes.sum()),
    )
