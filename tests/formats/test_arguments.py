from hmtl.documents import Document, Relation, Span
from hmtl.formats.arguments import argument_labels, untypeable_argument


def test_a_mention_gives_the_type_before_an_entity_and_both_before_none() -> None:
    mentions, entities = [Span(0, 1, "PER"), Span(0, 1, "VEH")], [Span(0, 1, "PERSON"), Span(3, 3, "DATE")]
    assert argument_labels(mentions, entities) == {(0, 1): "PER", (3, 3): "DATE"}
    assert argument_labels(None, None) == {}


def test_only_a_type_that_would_be_lost_is_reported() -> None:
    def document(head: Span) -> Document:
        return Document("d", ("a",) * 4, relations=(Relation(head, Span(2, 2), "ART"),))

    labels = {(0, 1): "PER"}
    assert untypeable_argument(document(Span(0, 1, "PER")), labels) is None
    assert untypeable_argument(document(Span(0, 1)), labels) is None
    assert untypeable_argument(document(Span(0, 1, "VEH")), labels) == Span(0, 1, "VEH")
    assert untypeable_argument(document(Span(0, 0, "PER")), labels) == Span(0, 0, "PER")
