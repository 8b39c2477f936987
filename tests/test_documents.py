from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, tilings

from hmtl.documents import LAYERS, Document, DocumentError, Relation, Span

WORDS = ("Ada", "met", "Bo", ".", "He", "left")


def document(**fields: object) -> Document:
    return Document("d", **{"tokens": WORDS, "source": "f.txt:3", **fields})  # type: ignore[arg-type]


@given(documents(laid_out=True))
def test_spans_of_sentences_and_layers_can_be_read_from_the_text(doc: Document) -> None:
    assert [i for start, end in doc.sentences for i in range(start, end + 1)] == list(range(len(doc.tokens)))
    assert [doc.text[start:end] for start, end in doc.offsets] == list(doc.tokens)
    for start, end, _ in (*(doc.entities or ()), *(doc.mentions or ())):
        text = doc.span_text(start, end)
        assert text.startswith(doc.tokens[start]) and text.endswith(doc.tokens[end])


@given(documents(laid_out=True))
def test_a_copy_from_its_own_fields_is_equal(doc: Document) -> None:
    assert Document(**vars(doc)) == doc
    assert doc.replace(source="elsewhere").replace(source=doc.source) == doc


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_in_which_annotation_is_listed_does_not_matter(doc: Document, random) -> None:
    shuffled = {}
    for layer in LAYERS:
        if (items := getattr(doc, layer)) is not None:
            shuffled[layer] = random.sample(items, len(items))
    if doc.clusters is not None:
        shuffled["clusters"] = [random.sample(cluster, len(cluster)) for cluster in shuffled["clusters"]]
    assert doc.replace(**shuffled) == doc


@given(documents(laid_out=True), documents(missing=False), st.data())
def test_layers_are_replaced_as_if_all_were_made_anew(
    doc: Document, other: Document, data: st.DataObject
) -> None:
    """What is equal, and what is refused for which reason."""
    layers = data.draw(st.lists(st.sampled_from(LAYERS), unique=True))
    times = data.draw(st.sampled_from([0, 1, 1, 2]))
    changes = {layer: list(getattr(other, layer)) * times for layer in layers}
    if "clusters" in layers:
        changes["clusters"] += data.draw(st.sampled_from([[], [[]], [[(0, 0)], [(0, 0)]]]))
    outcomes = []
    for make in (doc.replace, partial(replace, doc)):
        try:
            outcomes.append(make(**changes))
        except DocumentError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
    if isinstance(outcomes[0], Document):
        assert vars(outcomes[0]) == vars(outcomes[1]) and hash(outcomes[0]) == hash(outcomes[1])
        assert {type(item) for item in outcomes[0].entities or ()} <= {Span}


@given(documents())
def test_bare_keeps_the_text_and_nothing_else(doc: Document) -> None:
    bare = doc.bare()
    assert [getattr(bare, layer) for layer in LAYERS] == [None] * 4
    assert (bare.tokens, bare.sentences, bare.offsets) == (doc.tokens, doc.sentences, doc.offsets)


@given(tilings())
def test_sentence_of_counts_sentences(sentences: list[tuple[int, int]]) -> None:
    doc = Document("d", ("w",) * (sentences[-1][1] + 1), tuple(sentences))
    number = doc.sentence_of()
    assert all(number[i] == k for k, (start, end) in enumerate(sentences) for i in range(start, end + 1))
    assert len(number) == len(doc.tokens)


@given(tilings(), st.data())
def test_sentences_that_do_not_tile_are_refused(
    sentences: list[tuple[int, int]], data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, len(sentences) - 1))
    start, end = sentences[k]
    changed = data.draw(
        st.sampled_from([(start + 1, end), (start - 1, end), (start, end + 1), (start, end - 1)])
    )
    broken = (*sentences[:k], changed, *sentences[k + 1 :])
    with pytest.raises(DocumentError, match="sentences that overlap"):
        Document("d", ("w",) * (sentences[-1][1] + 1), broken)


def test_the_default_layout_is_one_sentence_of_words_joined_by_spaces() -> None:
    doc = document()
    assert doc.sentences == ((0, 5),)
    assert doc.text == "Ada met Bo . He left" and doc.span_text(2, 4) == "Bo . He"


def test_a_layer_not_annotated_differs_from_an_empty_one() -> None:
    assert document().entities is None and document(entities=()).entities == ()
    assert document() != document(entities=())


RELATION = Relation(Span(0, 0, "PER"), Span(2, 2, "PER"), "PER-SOC")
CONTRADICTIONS = {
    "holds no words": {"tokens": ()},
    "holds an empty word": {"tokens": ("a", "")},
    "4 offsets for 6 words": {"offsets": ((0, 1),) * 4},
    "overlap or leave the text": {
        "text": "abcdef",
        "offsets": ((0, 2), (1, 3), (3, 4), (4, 5), (5, 6), (6, 7)),
    },
    "has a text of its own but no character offsets": {"text": "Ada met Bo. He left"},
    "2 speakers for 6 words": {"speakers": ("a", "b")},
    r"a span \(4, 6\) outside its 6 words": {"entities": (Span(4, 6, "PER"),)},
    r"a span \(3, 2\) outside": {"mentions": (Span(3, 2, "PER"),)},
    r"a span \(-1, 2\) outside": {"clusters": (((-1, 2),),)},
    r"a span \(0, 9\) outside": {"relations": (Relation(Span(0, 9), Span(1, 1), "X"),)},
    "twice in its entities": {"entities": (Span(0, 1, "PER"), Span(0, 1, "PER"))},
    "twice in its mentions": {"mentions": (Span(0, 1), Span(0, 1))},
    "twice in its relations": {"relations": (RELATION, RELATION)},
    "twice in its clusters": {"clusters": (((0, 0), (1, 1)), ((0, 0),))},
    "a coreference cluster without mentions": {"clusters": ((),)},
}


@pytest.mark.parametrize("cause", CONTRADICTIONS)
def test_a_contradiction_is_refused_in_one_line_with_the_place(cause: str) -> None:
    with pytest.raises(DocumentError, match=cause) as caught:
        document(**CONTRADICTIONS[cause])
    assert str(caught.value).startswith("f.txt:3: document 'd' ") and "\n" not in str(caught.value)


def test_one_span_may_have_two_labels() -> None:
    assert len(document(mentions=(Span(0, 1, "PER"), Span(0, 1, "ORG"))).mentions or ()) == 2
