"""Metrics over the annotation of documents, each also correct when distributed."""

from hmtl.metrics.span_f1 import SpanF1
