import pytest
from hypothesis import given, settings
from strategies import documents

from hmtl.documents import LAYERS, Document, Relation, Span
from hmtl.formats import Ace, Conll2003, Docred, FormatError, Jsonl, Spert, Uner
from hmtl.formats.lossy import what_fits

A, B, C = Span(0, 1, "A"), Span(1, 2, "B"), Span(3, 3, "C")
WHOLE = Document(
    "d",
    tuple("abcde"),
    ((0, 2), (3, 4)),
    entities=(A, B, C, Span(2, 3, "D")),
    mentions=(A,),
    relations=(Relation(A, A, "r"), Relation(C, A, "r")),
    clusters=(((0, 0),),),
)


def test_the_first_of_what_cannot_stand_together_stays() -> None:
    fitted = what_fits(Conll2003(), WHOLE, "f.bio")
    assert fitted == WHOLE.replace(entities=(A, C), mentions=None, relations=None, clusters=None)


def test_what_depends_on_what_is_left_out_goes_too() -> None:
    fitted = what_fits(Docred(), WHOLE, "f.json")
    assert fitted == WHOLE.replace(entities=None, relations=(Relation(A, A, "r"),), clusters=())


def test_what_crosses_sentences_is_left_out_where_sentences_stand_apart() -> None:
    fitted = what_fits(Spert(), WHOLE, "f.json")
    number = WHOLE.sentence_of()
    entities = tuple(span for span in WHOLE.entities or () if number[span.start] == number[span.end])
    assert fitted.sentences == WHOLE.sentences and fitted.entities == entities != WHOLE.entities


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(FormatError, match="an empty, broken or tabbed cell"):
        what_fits(Conll2003(), WHOLE.replace(tokens=("a\tb", *"bcde"), text="", offsets=()), "f.bio")


def test_what_fits_is_left_as_it_is() -> None:
    assert what_fits(Jsonl(), WHOLE.replace(relations=None), "f.jsonl") == WHOLE.replace(relations=None)


@settings(max_examples=25, deadline=None)
@given(document=documents())
def test_no_item_that_was_left_out_can_be_added(document: Document) -> None:
    for form in (Uner(), Ace(), Spert()):
        document = document.replace(id="d", tokens=["a"] * len(document.tokens), text="", offsets=())
        fitted = what_fits(form, document, "f")
        for layer in LAYERS:
            items, held = getattr(document, layer) or (), getattr(fitted, layer) or ()
            assert set(held) <= set(items)
            for item in set(items) - set(held) if layer in form.layers else ():
                more = fitted.replace(**{layer: (*held, item)})
                assert what_fits(form, more, "f") != more
