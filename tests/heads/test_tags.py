"""Tags of flat spans."""

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data.dataset_readers.dataset_utils.span_utils import bio_tags_to_spans, bioul_tags_to_spans
from hypothesis import given
from hypothesis import strategies as st

from hmtl.heads.tags import TagSet

LABELS = ["A", "B"]
READERS = {"BIO": bio_tags_to_spans, "BIOUL": bioul_tags_to_spans}


@st.composite
def flat_rows(draw):
    """Per row, a length and flat spans `(start, end, label)`."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        position, spans = 0, []
        while draw(st.booleans()):
            start = position + draw(st.integers(0, 2))
            position = start + draw(st.integers(1, 4))
            spans.append((start, position - 1, draw(st.sampled_from([0, 1]))))
        rows.append(spans)
    return rows


@pytest.mark.parametrize("encoding", ["BIO", "BIOUL"])
@given(rows=flat_rows())
def test_round_trip_and_agreement_with_allennlp(encoding, rows):
    tag_set = TagSet(LABELS, encoding)
    tokens = max((end + 2 for spans in rows for _, end, _ in spans), default=1)
    tags = tag_set.encode([(r, *span) for r, spans in enumerate(rows) for span in spans], len(rows), tokens)
    assert list(tag_set.decode(tags)) == [
        (r, s, e, LABELS[x]) for r, spans in enumerate(rows) for s, e, x in spans
    ]
    for row, spans in enumerate(rows):
        theirs = READERS[encoding]([tag_set.names[tag] for tag in tags[row]])
        assert sorted(theirs) == sorted((LABELS[x], (s, e)) for s, e, x in spans)


@given(tags=st.lists(st.lists(st.integers(0, 8), min_size=5, max_size=5), min_size=1, max_size=3))
def test_any_sequence_reads_as_flat_spans(tags):
    found = list(TagSet(LABELS, "BIOUL").decode(torch.tensor(tags)))
    covered = [(row, token) for row, start, end, _ in found for token in range(start, end + 1)]
    assert sorted(covered) == [(r, t) for r, row in enumerate(tags) for t, tag in enumerate(row) if tag]


def test_names_and_unknown_encoding():
    assert TagSet(["PER"], "BIOUL").names == ["O", "B-PER", "I-PER", "U-PER", "L-PER"]
    with pytest.raises(ConfigurationError, match="'IOB1' is unknown; choose BIO or BIOUL"):
        TagSet(["PER"], "IOB1")
