import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LABEL, keep, overlaps

from hmtl.documents import Span
from hmtl.formats.tags import SCHEMES, TagError, decode, detect, encode, is_tag

EXAMPLES = {
    "IOB1": "I-PER I-PER O I-LOC B-LOC I-LOC I-ORG",
    "BIO": "B-PER I-PER O B-LOC B-LOC I-LOC B-ORG",
    "BIOUL": "B-PER L-PER O U-LOC B-LOC L-LOC U-ORG",
    "BIOES": "B-PER E-PER O S-LOC B-LOC E-LOC S-ORG",
}
SPANS = [Span(0, 1, "PER"), Span(3, 3, "LOC"), Span(4, 5, "LOC"), Span(6, 6, "ORG")]


@st.composite
def flat_spans(draw: st.DrawFn, length: int = 12) -> list[Span]:
    pair = st.tuples(st.integers(0, length - 1), st.integers(0, length - 1)).map(
        lambda pair: tuple(sorted(pair))
    )
    return sorted(Span(*span, draw(LABEL)) for span in keep(draw(st.lists(pair)), overlaps))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_same_spans_in_each_scheme(scheme: str) -> None:
    tags = EXAMPLES[scheme].split()
    assert decode(tags, scheme) == SPANS and encode(SPANS, 7, scheme) == tags
    assert detect([["O"], tags]) == scheme


@pytest.mark.parametrize("scheme", SCHEMES)
@given(spans=flat_spans())
def test_round_trip(scheme: str, spans: list[Span]) -> None:
    assert decode(encode(spans, 12, scheme), scheme) == spans


@given(st.lists(flat_spans(), min_size=1), st.sampled_from(SCHEMES))
def test_the_detected_scheme_decodes_to_the_same_spans(corpus: list[list[Span]], scheme: str) -> None:
    sentences = [encode(spans, 12, scheme) for spans in corpus]
    # two schemes may fit a small corpus, but they must agree on what it says
    found = detect(sentences)
    assert [decode(tags, found) for tags in sentences] == corpus


ILLEGAL = [
    ("BIO", "O I-PER", 1),
    ("BIO", "B-PER I-LOC", 1),
    ("BIO", "B-PER L-PER", 1),
    ("IOB1", "I-PER S-PER", 1),
    ("BIOUL", "B-PER O", 1),
    ("BIOUL", "B-PER", 1),
    ("BIOUL", "O L-PER", 1),
    ("BIOUL", "U-PER I-PER", 1),
    ("BIOUL", "B-PER L-LOC", 1),
    ("BIOUL", "B-PER U-PER", 1),
    ("BIOES", "B-PER I-PER B-PER", 2),
    ("BIOES", "U-PER", 0),
]


@pytest.mark.parametrize(("scheme", "tags", "position"), ILLEGAL)
def test_an_illegal_tag_is_found(scheme: str, tags: str, position: int) -> None:
    with pytest.raises(TagError) as caught:
        decode(tags.split(), scheme)
    assert caught.value.position == position


def test_a_slip_in_bio_does_not_make_it_iob1() -> None:
    assert detect([["O", "B-PER", "I-PER"], ["O", "I-PER"]]) == "BIO"
    assert detect([["O", "I-PER", "I-PER"], ["O", "I-PER"]]) == "IOB1"


@pytest.mark.parametrize("tag", ["O", "B-PER", "I-a-b", "S-O"])
def test_tags(tag: str) -> None:
    assert is_tag(tag)


@pytest.mark.parametrize("tag", ["", "PER", "B-", "B", "-PER", "BI-PER", "X-PER", "o", "-"])
def test_no_tags(tag: str) -> None:
    assert not is_tag(tag)


def test_overlap_cannot_be_encoded() -> None:
    with pytest.raises(TagError):
        encode([Span(0, 2, "A"), Span(2, 3, "B")], 4)
