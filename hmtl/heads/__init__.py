"""Heads: each supervises one task on the representation of its level."""

from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.head import Head
from hmtl.heads.span_classifier import SpanClassifier
