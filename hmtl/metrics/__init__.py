"""Metrics over the annotation of documents, each also correct when distributed."""

from hmtl.metrics.coref_scores import CorefScores
from hmtl.metrics.mention_recall import MentionRecall
from hmtl.metrics.relation_f1 import RelationF1
from hmtl.metrics.span_f1 import SpanF1
