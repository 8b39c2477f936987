"""Coreference that the head's limits cost."""

import math
from collections.abc import Iterator

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, amount_of, place_of, quoted
from hmtl.checking.rule import Study, rule
from hmtl.documents import Document
from hmtl.heads.coref import CorefHead

Bounds = tuple[int, int]


@rule("task")
def lost_mentions(study: Study, task: Task) -> Iterator[Finding]:
    """Mentions that are no candidate: of more words than `max_span_width`, or across sentences."""
    if not isinstance(head := study.head(task), CorefHead):
        return
    width = head.spans.width.num_embeddings
    for split in task.corpora:
        wide, across, total = Places(), Places(), 0
        for document in task.documents(split):
            sentence = document.sentence_of()
            for start, end in _mentions(document):
                total += 1
                if sentence[start] != sentence[end]:
                    across.add(quoted(document, start, end))
                elif end - start >= width:
                    wide.add(quoted(document, start, end))
        cause = f"have more words than max_span_width ({width}): always missed"
        yield from wide.of(total, "mentions", cause, "raise max_span_width, which costs time", split)
        cause = "cross the end of a sentence: always missed"
        yield from across.of(total, "mentions", cause, "check the sentence split", split)


@rule("task")
def distant_antecedents(study: Study, task: Task) -> Iterator[Finding]:
    """Mentions whose nearest antecedent is further back than `antecedent_window` candidates reach."""
    head = study.head(task)
    if not isinstance(head, CorefHead) or (window := head.antecedents.antecedent_window) is None:
        return
    for split in task.corpora:
        far, total = Places(), 0
        for document in task.documents(split):
            for (first, _), (start, end) in _links(document):
                total += 1
                # candidates are spread over the document, so many for each word
                if (start - first) * head.spans_per_word > window:
                    far.add(quoted(document, start, end))
        cause = f"reach back further than antecedent_window ({window} candidates), by the mean distance"
        yield from far.of(total, "links", cause, "raise it, or set it to null for the whole document", split)


@rule("task")
def too_few_candidates(study: Study, task: Task) -> Iterator[Finding]:
    """Documents with more mentions than `spans_per_word` leaves candidates."""
    if not isinstance(head := study.head(task), CorefHead):
        return
    for split in task.corpora:
        found, documents = Places(), task.documents(split)
        for document in documents:
            if len(_mentions(document)) > math.ceil(head.spans_per_word * len(document.tokens)):
                found.add(place_of(document))
        mend = f"raise spans_per_word ({head.spans_per_word})"
        yield from found.of(len(documents), "documents", "have more mentions than candidates", mend, split)


@rule("task")
def singletons(study: Study, task: Task) -> Iterator[Finding]:
    """Clusters of one mention that the head does not expect, or expects and does not get."""
    if not isinstance(head := study.head(task), CorefHead):
        return
    for split in task.corpora:
        alone, total = Places(), 0
        for document in task.documents(split):
            for cluster in document.clusters or ():
                total += 1
                if len(cluster) == 1:
                    alone.add(quoted(document, *cluster[0]))
        if alone.count and not head.singletons:
            cause = "have one mention, and the head predicts none such"
            mend = "set singletons to true, or read the scores nosingle_*"
            amount = amount_of(alone.count, total, "clusters")
            yield alone.finding("warning", cause, mend, split, amount)
        elif head.singletons and total and not alone.count:
            cause = "no cluster has one mention, though singletons is true"
            yield Places().finding("warning", cause, "set singletons to false", split)


@rule("task")
def unknown_speakers(study: Study, task: Task) -> Iterator[Finding]:
    """Speakers or genres that the head asks for and the data do not have."""
    if not isinstance(head := study.head(task), CorefHead):
        return
    for split in task.corpora:
        documents = task.documents(split)
        if head.speakers and documents and all(document.speakers is None for document in documents):
            yield Places().finding("warning", "no document has speakers", "set speakers to false", split)
        genres = {document.genre for document in documents}
        for genre in head.genres if split == "train" else ():
            if genre not in genres:
                cause = f"genre '{genre}' stands in no training document"
                yield Places().finding(
                    "warning", cause, f"remove it from model.heads.{task.name}.genres", split
                )


def _mentions(document: Document) -> list[Bounds]:
    return [span for cluster in document.clusters or () for span in cluster]


def _links(document: Document) -> Iterator[tuple[Bounds, Bounds]]:
    """Each mention with the nearest of its cluster before it."""
    for cluster in document.clusters or ():
        yield from zip(cluster, cluster[1:], strict=False)
