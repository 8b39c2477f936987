import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as SpacySpan
from strategies import documents, marked_texts, overlaps

from formats.helpers import refusal
from hmtl.documents import Document, Relation, Span
from hmtl.formats import FormatError, Spacy, Spans, sniff
from hmtl.formats.characters import Mark

NLP = spacy.blank("en")


def store(path: Path, *docs: Doc, **options: Any) -> Path:
    DocBin(docs=docs, **options).to_disk(path)
    return path


def annotated() -> Doc:
    doc = NLP("Ada Merrow  met Bo.\nShe left.")
    doc.set_ents([SpacySpan(doc, 0, 2, "PERSON"), SpacySpan(doc, 4, 5, "é-1")])
    doc.spans["sc"] = [SpacySpan(doc, 0, 2, "PER"), SpacySpan(doc, 0, 5, ""), SpacySpan(doc, 2, 4, "EV")]
    doc.spans["coref_clusters_1"] = [doc[0:2], doc[7:8]]
    doc.spans["other"] = [doc[0:9]]
    return doc


def test_entities_spans_and_clusters(tmp_path: Path) -> None:
    path = store(tmp_path / "train.spacy", annotated(), NLP("Bo left. He"))
    first, second = Spacy().read(path)
    assert (first.id, second.id, first.source) == ("train.1", "train.2", f"{path}:1")
    assert first.text == "Ada Merrow  met Bo.\nShe left."
    assert first.tokens == ("Ada", "Merrow", "met", "Bo", ".", "She", "left", ".")
    assert first.sentences == ((0, 4), (5, 7)) and second.sentences == ((0, 2), (3, 3))
    assert first.entities == (Span(0, 1, "PERSON"), Span(3, 3, "é-1"))
    assert first.mentions == (Span(0, 1, "PER"), Span(0, 3, ""), Span(2, 2, "EV"))
    assert first.clusters == (((0, 1), (5, 5)),)
    assert second.entities is second.mentions is second.clusters is None
    assert sniff(path).name == "spacy"


def test_sentences_are_taken_where_they_are_given(tmp_path: Path) -> None:
    doc = Doc(NLP.vocab, ["A", ".", "b", "\n", "c"], sent_starts=[True, False, False, True, False])
    (document,) = Spacy().read(store(tmp_path / "a.spacy", doc))
    assert document.id == "a" and document.sentences == ((0, 2), (3, 3)) and document.text == "A . b \n c "
    # the attributes of a file may lack those of sentences, or of entities
    (document,) = Spacy().read(store(tmp_path / "a.spacy", doc, attrs=["TAG"]))
    assert document.sentences == ((0, 1), (2, 3)) and document.entities is None


def test_what_spacy_reads_of_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "f.spacy"
    (document,) = Spacy().read(store(path, annotated()))
    Spacy(spans_key="mine").write([document], path)
    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    assert doc.text == document.text and [s.text for s in doc.sents] == ["Ada Merrow  met Bo.\n", "She left."]
    assert [(e.text, e.label_) for e in doc.ents] == [("Ada Merrow", "PERSON"), ("Bo", "é-1")]
    assert [(s.text, s.label_) for s in doc.spans["mine"]][0] == ("Ada Merrow", "PER")
    assert [s.text for s in doc.spans["coref_clusters_1"]] == ["Ada Merrow", "She"]


@settings(deadline=None)  # the first vocabulary takes its time
@given(
    marked=marked_texts(),
    like=documents(("entities", "mentions", "clusters"), conflict=overlaps),
    data=st.data(),
)
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    marked: tuple[str, list[tuple[int, int]]],
    like: Document,
    data: st.DataObject,
) -> None:
    text, places = marked
    laid, found = Spans().words(text, [Mark(*place, "f:1") for place in places], "f", "f:1")
    length = len(laid.tokens)
    inside = lambda spans: tuple(s for s in spans or () if max(s[:2]) < length)  # noqa: E731
    mentions = {Span(*bounds, data.draw(st.sampled_from(["", "A"]))) for bounds in set(found.values())}
    clusters = tuple(kept for cluster in like.clusters or () if (kept := inside(cluster)))
    document = laid.replace(
        source="",
        entities=None if like.entities is None else inside(like.entities),
        mentions=tuple(mentions) if like.mentions is not None else None,
        clusters=clusters or None,
    )
    path = tmp_path_factory.mktemp("f") / "f.spacy"
    Spacy().write([document], path)
    (read,) = Spacy().read(path)
    assert read.replace(source="") == document


def message(**changes: Any) -> bytes:
    content = srsly.msgpack_loads(zlib.decompress(DocBin(docs=[annotated()]).to_bytes()))
    return zlib.compress(srsly.msgpack_dumps(content | changes))


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "is cut off"),
        (b"Ada", "is no DocBin (Error -3 while decompressing data"),
        (message()[:-9], "is cut off"),
        (zlib.compress(b"\xc1"), "is no msgpack ("),
        (zlib.compress(srsly.msgpack_dumps([1])), "is no DocBin"),
        (message(strings=["Ada"]), "has no string for the hash"),
        (message(strings=[7]), "has no 'strings' of a DocBin"),
        (message(attrs=[]), "has unknown attributes, one twice, or no words"),
        (message(lengths=np.array([-1], "<i4").tobytes()), "has attributes of other words"),
        (message(lengths=np.array([99], "<i4").tobytes()), "has attributes of other words"),
        (message(spaces=b"\x01"), "has spaces of other words"),
        (message(tokens=b"\x01"), "has no 'tokens' of a DocBin"),
        (message(span_groups=[3]), "has span_groups of other documents"),
        (
            message(span_groups=[srsly.msgpack_dumps([b"\x81\xa5spans\x91\xc4\x01x"])]),
            "has a span of another size",
        ),
        (message(span_groups=[srsly.msgpack_dumps({"a": ["sc"]})]), "has a group of spans that is none"),
        (message(flags=[]), None),
        (message(user_data=[b"\x80\x04cos\nsystem\n"]), None),
    ],
)
def test_hostile_files_end_in_one_line(tmp_path: Path, data: bytes, cause: str | None) -> None:
    path = tmp_path / "f.spacy"
    path.write_bytes(data)
    if cause is None:
        assert len(list(Spacy().read(path))) == 1
    else:
        assert refusal(Spacy(), path).startswith(f"f.spacy:1: {cause}")


def test_a_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "f.spacy"
    path.write_bytes(zlib.compress(b"\0" * (1 << 22)))
    assert refusal(Spacy(max_megabytes=1), path).startswith("f.spacy:1: unpacks to more than 1 MB; raise")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"entities": (Span(0, 1, "A"), Span(1, 1, "B"))}, "nested or overlapping entities"),
        ({"entities": (Span(0, 0, ""),)}, "an entity without a type"),
        ({"relations": (Relation(Span(0, 0), Span(1, 1), "r"),)}, "relations, which spacy cannot hold"),
        ({"tokens": ("a", "c")}, "the word 'c', unlike its text"),
        ({"text": "a-b", "offsets": ((0, 1), (2, 3))}, "text outside of words before 'b'"),
        ({"text": "a b-", "offsets": ((0, 1), (2, 3))}, "text outside of words at its end"),
        ({"tokens": ("a", " "), "text": "a  ", "offsets": ((0, 1), (2, 3))}, "the word ' ', unlike its text"),
    ],
)
def test_what_it_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    document = Document("d", ("a", "b")).replace(**changes)
    with pytest.raises(FormatError) as caught:
        Spacy().write([document], tmp_path / "f.spacy")
    assert f"document 'd' has {what}" in str(caught.value) and not list(tmp_path.iterdir())


def test_a_span_of_white_space_is_refused(tmp_path: Path) -> None:
    doc = NLP("Ada  Merrow")
    doc.spans["sc"] = [SpacySpan(doc, 1, 2, "PER")]
    message = "f.spacy:1: has a span of white space only in document 'f'; remove it"
    assert refusal(Spacy(), store(tmp_path / "f.spacy", doc)) == message
