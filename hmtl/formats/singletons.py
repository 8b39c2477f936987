"""Formats in which every mention has an entity: whether one with a single mention is a cluster."""

from __future__ import annotations

from hmtl.documents import Document
from hmtl.formats.format import Format


def check_singletons(form: Format, document: Document, singletons: bool) -> None:
    """Raises `FormatError` where the clusters of a document are not those that are read back from entities
    of one and more mentions."""
    if document.clusters is None:
        return
    clustered = {span for cluster in document.clusters for span in cluster}
    mentions = {span.bounds for span in document.mentions or ()}
    if document.mentions is not None and not clustered <= mentions:
        form.cannot_hold(
            document, f"no mention {min(clustered - mentions)} of a cluster", "add it, or leave out a layer"
        )
    if singletons and not mentions <= clustered:
        form.cannot_hold(
            document, f"a mention {min(mentions - clustered)} in no cluster", "set singletons to false"
        )
    if not singletons and any(len(cluster) == 1 for cluster in document.clusters):
        form.cannot_hold(document, "a cluster of one mention", "set singletons to true")
