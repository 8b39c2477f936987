"""Heads: each supervises one task on the representation of its level."""

from hmtl.heads.coref import CorefHead
from hmtl.heads.crf_tagger import CrfTagger
from hmtl.heads.head import Head
from hmtl.heads.relation import RelationHead
from hmtl.heads.span_classifier import SpanClassifier
from hmtl.heads.span_pair_relation import SpanPairRelationHead
