"""Spans that a head cannot represent."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, quoted
from hmtl.checking.rule import Study, rule
from hmtl.dataset_readers.split import crossing_annotations
from hmtl.documents import Document, Relation, Span
from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.head import Head
from hmtl.heads.nesting import with_rivals, without_crossings
from hmtl.heads.rows import RowSpan, gold_spans
from hmtl.heads.span_classifier import SpanClassifier

Lost = Callable[[Head, Document, list[RowSpan]], list[Span]]


@rule("task")
def across_sentences(study: Study, task: Task) -> Iterator[Finding]:
    """Annotation that crosses the end of a sentence, which a reader of sentences leaves out."""
    for split in task.corpora if task.reader and task.reader.by_sentence else ():
        found, total = Places(), 0
        for document in task.documents(split):
            total += len(getattr(document, task.layer))
            if count := crossing_annotations(document, task.layer):
                found.add(quoted(document, *_first_crossing(document, task.layer)), count)
        cause = "cross the end of a sentence: neither trained nor scored"
        mend = "check the sentence split; what truly crosses needs data of single sentences"
        yield from found.of(total, task.layer, cause, mend, split)


def _first_crossing(document: Document, layer: str) -> tuple[int, int]:
    number = document.sentence_of()
    for item in getattr(document, layer):
        ends = (*item.head.bounds, *item.tail.bounds) if isinstance(item, Relation) else item.bounds
        if len({number[token] for token in ends}) > 1:
            return min(ends), max(ends)
    return 0, 0


@rule("task")
def nested_in_a_flat_tagger(study: Study, task: Task) -> Iterator[Finding]:
    """Overlapping spans given to a tagger, which can express only some of them."""
    for head, annotated in span_heads(study, task):
        if isinstance(head, CrfTagger):
            kept = f"only the {head.nested} are trained on" if head.nested else "training stops there"
            cause = f"overlap others, which tags cannot express; {kept}"
            mend = "take head span_classifier"
            mend += "" if head.nested else ", or set `nested` to outermost or innermost"
            for finding in _lost(task, head, annotated, _not_flat, cause, mend):
                if head.nested is None and finding.split == "train":
                    finding = replace(finding, severity="error")
                elif finding.split != "train":
                    finding = replace(finding, cause="overlap others, of which tags can find only some")
                yield finding


def _not_flat(head: Head, document: Document, placed: list[RowSpan]) -> list[Span]:
    flat = {row for row, rival in with_rivals(placed, head.nested != "innermost") if rival is None}
    return [row.span for row in placed if row not in flat]


@rule("task")
def too_wide(study: Study, task: Task) -> Iterator[Finding]:
    """Spans of more words than `max_width`."""
    for head, annotated in span_heads(study, task):
        if isinstance(head, SpanClassifier) and head.max_width is not None:
            cause = f"have more words than max_width ({head.max_width}): not trained on, always missed"
            yield from _lost(task, head, annotated, _wide, cause, "raise max_width")


def _wide(head: Head, document: Document, placed: list[RowSpan]) -> list[Span]:
    return [row.span for row in placed if row.end - row.start >= head.max_width]  # type: ignore[operator]


@rule("task")
def crossing_spans(study: Study, task: Task) -> Iterator[Finding]:
    """Spans that overlap without one holding the other, of which only one is ever predicted."""
    for head, annotated in span_heads(study, task):
        if isinstance(head, SpanClassifier):
            cause = "overlap another without nesting, and of two such only one is ever predicted"
            yield from _lost(task, head, annotated, _crossing, cause, "check the annotation")


def _crossing(head: Head, document: Document, placed: list[RowSpan]) -> list[Span]:
    widest_first = sorted((row.span for row in placed), key=lambda span: span.start - span.end)
    kept = set(without_crossings(map(tuple, widest_first), len(document.tokens)))
    return [span for span in widest_first if tuple(span) not in kept]


def span_heads(study: Study, task: Task) -> Iterator[tuple[Head, Callable[[Document], Document]]]:
    """The head of the task, or inside it, that finds spans, and what makes the documents that it learns
    from."""
    head = study.head(task)
    arguments = getattr(head, "arguments", None)
    if isinstance(head, CrfTagger | SpanClassifier):
        yield head, lambda document: document
    elif arguments is not None:
        yield (
            arguments.head,
            lambda document: document.replace(**{arguments.head.layer: document.argument_spans}),
        )


def _lost(
    task: Task, head: Head, annotated: Callable[[Document], Document], lost: Lost, cause: str, mend: str
) -> Iterator[Finding]:
    """Counts what is lost of each split."""
    for split in task.corpora:
        found, total = Places(), 0
        for document in task.documents(split):
            if document.argument_spans is None and getattr(document, head.layer) is None:
                continue
            for text, placed, _ in gold_spans([annotated(document)], head.layer, head.task):
                total += len(getattr(text, head.layer))
                for span in lost(head, text, placed):
                    found.add(quoted(text, *span.bounds))
        yield from found.of(total, head.layer, cause, mend, split)
