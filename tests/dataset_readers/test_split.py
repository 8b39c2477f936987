"""Sentences as documents of their own."""

from hypothesis import given
from hypothesis import strategies as st

from hmtl.dataset_readers.split import crossing_annotations, split_sentences
from hmtl.documents import Document, Relation, Span


@st.composite
def documents(draw: st.DrawFn) -> Document:
    lengths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    ends = [sum(lengths[: i + 1]) - 1 for i in range(len(lengths))]
    words = sum(lengths)
    token = st.integers(0, words - 1)
    span = st.tuples(token, token, st.sampled_from("AB")).map(lambda s: Span(*sorted(s[:2]), s[2]))
    relation = st.builds(Relation, span, span, st.sampled_from("RS"))
    gaps = draw(st.lists(st.sampled_from([" ", "", " \n\n "]), min_size=words, max_size=words))
    names = [f"w{i}" for i in range(words)]
    text, offsets = "", []
    for name, gap in zip(names, gaps, strict=True):
        offsets.append((len(text), len(text) + len(name)))
        text += name + gap
    return Document(
        id="d",
        tokens=tuple(names),
        sentences=tuple((end - length + 1, end) for end, length in zip(ends, lengths, strict=True)),
        text=text,
        offsets=tuple(offsets),
        entities=draw(st.none() | st.lists(span, unique=True).map(tuple)),
        mentions=draw(st.none() | st.lists(span, unique=True).map(tuple)),
        relations=draw(st.none() | st.lists(relation, unique=True).map(tuple)),
        speakers=draw(st.none() | st.just(tuple(f"s{i}" for i in range(words)))),
        genre="nw",
        source="file:3",
    )


@given(documents())
def test_sentences_put_together_are_the_document(document: Document) -> None:
    parts = list(split_sentences(document))
    assert sum((part.tokens for part in parts), ()) == document.tokens
    assert all(part.sentences == ((0, len(part.tokens) - 1),) for part in parts)
    if document.speakers is not None:
        assert sum((part.speakers for part in parts), ()) == document.speakers
    assert {(part.genre, part.source) for part in parts} == {("nw", "file:3")}


@given(documents())
def test_words_keep_their_characters(document: Document) -> None:
    for part in split_sentences(document):
        assert all(part.span_text(i, i) == word for i, word in enumerate(part.tokens))
        assert part.text in document.text


@given(documents())
def test_annotation_goes_with_the_sentence_that_holds_it(document: Document) -> None:
    parts = list(zip(split_sentences(document), document.sentences, strict=True))
    for layer in ("entities", "mentions", "relations"):
        gold = getattr(document, layer)
        if gold is None:
            assert all(getattr(part, layer) is None for part, _ in parts)
            continue
        # words name themselves, so that they tell spans of different sentences apart
        found = [words_of(part, item) for part, _ in parts for item in getattr(part, layer)]
        inside = [words_of(document, item) for item in gold if sentences_of(document, item) == 1]
        assert sorted(found) == sorted(inside)
        assert crossing_annotations(document, layer) == len(gold) - len(inside)


def spans_of(item: Span | Relation) -> list[Span]:
    return [item.head, item.tail] if isinstance(item, Relation) else [item]


def words_of(document: Document, item: Span | Relation) -> list[tuple[str, ...]]:
    return [(document.tokens[s.start], document.tokens[s.end], s.label, item.label) for s in spans_of(item)]


def sentences_of(document: Document, item: Span | Relation) -> int:
    """In how many sentences its words lie."""
    number = document.sentence_of()
    return len({number[token] for span in spans_of(item) for token in range(span.start, span.end + 1)})


def test_coreference_is_left_out_and_ids_are_told_apart() -> None:
    document = Document("d", ("a", "b"), ((0, 0), (1, 1)), clusters=(((0, 0), (1, 1)),))
    parts = list(split_sentences(document))
    assert [part.id for part in parts] == ["d:0", "d:1"]
    assert [part.clusters for part in parts] == [None, None]


def test_a_layer_that_was_not_annotated_has_nothing_crossing() -> None:
    assert crossing_annotations(Document("d", ("a",)), "mentions") == 0
