"""MUC: coreference as links."""

from hmtl.metrics.overlap import Counts, Overlap


def muc(overlap: Overlap) -> Counts:
    """The link-based score of Vilain et al., "A Model-Theoretic Coreference Scoring Scheme" (MUC-6, 1995).

    Recall is Σ_K (|K| − |p(K)|) / Σ_K (|K| − 1), where p(K) is the partition of the key cluster K by the
    response; a mention that the response lacks is a part of its own. |K| − |p(K)| is Σ_R (|K∩R| − 1) over the
    clusters R that meet K, a sum that is the same seen from the response. Singletons count nothing.
    """
    common = float((overlap.shared - 1).sum())
    response, key = (float((sizes - 1).sum()) for sizes in (overlap.response_sizes, overlap.key_sizes))
    return Counts(common, response, common, key)
