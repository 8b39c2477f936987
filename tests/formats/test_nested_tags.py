import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LABEL, crosses, keep

from hmtl.documents import Span
from hmtl.formats.nested_tags import decode_layers, encode_layers
from hmtl.formats.tags import TagError

PLACE = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: tuple(sorted(pair)))


@given(st.lists(PLACE), st.data())
def test_round_trip(places: list[tuple[int, int]], data: st.DataObject) -> None:
    spans = sorted({Span(*place, data.draw(LABEL)) for place in keep(places, crosses)})
    layers = encode_layers(spans, 10, fewest=4)
    assert sorted(decode_layers(layers)) == spans
    deepest = max((sum(s.start <= i <= s.end for s in spans) for i in range(10)), default=0)
    assert deepest <= len(layers) and len(layers) >= 4


@given(st.lists(PLACE, min_size=2, unique=True))
def test_crossing_spans_are_refused(places: list[tuple[int, int]]) -> None:
    spans = [Span(*place, "A") for place in places]
    if any(crosses(a, b) for a in places for b in places):
        with pytest.raises(TagError, match="cross"):
            encode_layers(spans, 10, 4)
    else:
        assert sorted(decode_layers(encode_layers(spans, 10, 4))) == sorted(spans)


@pytest.mark.parametrize(
    ("layers", "position", "cause"),
    [
        (["O O", "O I-PER"], 1, "goes on where no PER span is open"),
        (["B-A I-A O", "O B-B I-B"], 1, r"\(1, 2, 'B'\) in layer 2 crosses or repeats \(0, 1, 'A'\)"),
        (["B-A I-A", "B-A I-A"], 0, "crosses or repeats"),
        (["O O", "O o"], 1, "'o' in layer 2 is not a tag"),
    ],
)
def test_conflicts_are_named(layers: list[str], position: int, cause: str) -> None:
    with pytest.raises(TagError, match=cause) as caught:
        decode_layers(layer.split() for layer in layers)
    assert caught.value.position == position


def test_one_span_with_two_types_is_legal() -> None:
    assert decode_layers([["B-A"], ["B-B"]]) == [Span(0, 0, "A"), Span(0, 0, "B")]
