import tracemalloc
from collections import deque
from pathlib import Path

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from strategies import CELL, documents, overlaps

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Conll2003, Format, FormatError, streams

IOB1 = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O
# NN I-NP O
call NN I-NP I-MISC

Peter NNP I-NP I-PER
Paris NNP I-NP B-PER

-DOCSTART- -X- -X- O

LONDON NNP I-NP I-LOC
"""


def test_the_shared_tasks_own_layout(tmp_path: Path) -> None:
    path = put(tmp_path, "eng.testa", IOB1)
    first, second = Conll2003().read(path)
    assert (first.id, first.source, second.id, second.source) == ("eng.1", f"{path}:1", "eng.2", f"{path}:11")
    assert first.tokens == ("EU", "rejects", "#", "call", "Peter", "Paris")
    assert first.sentences == ((0, 3), (4, 5))
    assert first.entities == (Span(0, 0, "ORG"), Span(3, 3, "MISC"), Span(4, 4, "PER"), Span(5, 5, "PER"))
    assert second.entities == (Span(0, 0, "LOC"),) and second.mentions is None


def test_labels_are_left_out_only_if_asked(tmp_path: Path) -> None:
    (first, _) = Conll2003(ignore_labels=["MISC", "PER"]).read(put(tmp_path, "eng", IOB1))
    assert first.entities == (Span(0, 0, "ORG"),)


def test_other_columns_are_named_in_the_config(tmp_path: Path) -> None:
    path = put(tmp_path, "f.bio", "1\tB-PER\tAda\t_\n2\tO\tsaid\n")
    (document,) = Format.from_params(Params({"type": "conll2003", "token_column": 2, "tag_column": 1})).read(
        path
    )
    assert document.tokens == ("Ada", "said") and document.entities == (Span(0, 0, "PER"),)


def test_bare_text_has_no_entities(tmp_path: Path) -> None:
    (document,) = Conll2003(tag_column=None).read(put(tmp_path, "f.txt", "Ada\nsaid\n\nYes\n"))
    assert document.entities is None and document.sentences == ((0, 1), (2, 2)) and document.id == "f"


def test_comments_give_names_and_text_and_a_word_may_be_a_hash(tmp_path: Path) -> None:
    head = "# newdoc id = a\n# sent_id = 1\n# text = # 1 isn't\n"
    text = head + "#\tO\n1\tO\nis\tO\nn't\tO\n\n#ada\tB-PER\n\n# newdoc\nx\tO\n"
    path = put(tmp_path, "f.bio", text)
    first, second = Conll2003().read(path)
    assert (first.id, first.source, second.id, second.source) == ("a", f"{path}:1", "f.2", f"{path}:11")
    assert first.tokens == ("#", "1", "is", "n't", "#ada") and first.text == "# 1 isn't\n#ada"
    assert first.span_text(1, 3) == "1 isn't" and first.entities == (Span(4, 4, "PER"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a O\nb I-PER\nc O\nd B-PER\n",
            "f.bio:2: tag I-PER goes on where no PER span is open, which BIO forbids; ",
        ),
        ("a B-PER\n\nb L-LOC\n", "f.bio:1: the PER span that is open here does not go on; "),
        ("a B-PER\n\nb O\nc E-PER\n", "f.bio:1: the PER span that is open here does not go on; "),
        ("a O\nb PER\n", "f.bio:2: 'PER' is not a tag; "),
        ("a O\nb X O\n", "f.bio:2: has 3 columns, the file's first row 2; "),
        ("a x O\n\nb O\n", "f.bio:3: has 2 columns, the file's first row 3; "),
        ("a\n", "f.bio:1: has 1 columns; give 2, or name other columns"),
        ("a\tO\n\tO\n", "f.bio:2: has no word; "),
        ("", "f.bio:1: holds no documents; remove the file or name another"),
        ("\n\n-DOCSTART- O\n\n", "f.bio:1: holds no documents; "),
        ("# newdoc id = a\nx O\n\n# newdoc id = a\ny O\n", "f.bio:4: document 'a' was already read at "),
        ("# newdoc id = a\n\n# newdoc id = b\ny O\n", "f.bio:1: document 'a' holds no words; "),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        list(Conll2003().read(put(tmp_path, "f.bio", text)))
    line = str(caught.value).replace(f"{tmp_path}/", "")
    assert line.startswith(message) and "\n" not in line


def test_a_named_scheme_is_kept_to(tmp_path: Path) -> None:
    path = put(tmp_path, "f.bio", "a O\nb I-PER\n")
    assert [document.entities for document in Conll2003(scheme="IOB1").read(path)] == [(Span(1, 1, "PER"),)]
    assert refusal(Conll2003(scheme="BIO"), path).startswith("f.bio:2: tag I-PER goes on")
    path = put(tmp_path, "g.bio", "a U-PER\n")
    assert refusal(Conll2003(scheme="BIO"), path).startswith("g.bio:1: tag U-PER is not in the scheme BIO")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scheme": "BILOU"}, "scheme: 'BILOU' is unknown"),
        ({"token_column": -1}, "tag_column: -1 is the token_column"),
    ],
)
def test_impossible_configs_name_the_key(arguments: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Conll2003(**arguments)


@pytest.mark.parametrize("scheme", [None, "IOB1", "BIOUL", "BIOES"])
@given(document=documents(("entities",), tokens=CELL, within=True, conflict=overlaps, missing=False))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, scheme: str | None, document: Document) -> None:
    path = tmp_path_factory.mktemp("f") / "f.bio.gz"
    documents = [document.replace(id="f.bio.1"), document.replace(id="f.bio.2")]
    assert there_and_back(Conll2003(scheme=scheme), documents, path) == [
        d.replace(id=f"f.{n}") for n, d in enumerate(documents, 1)
    ]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"entities": (Span(0, 2, "A"), Span(1, 1, "B"))}, "nested or overlapping entities"),
        ({"entities": (Span(2, 3, "A"),)}, "entities that cross sentences"),
        ({"mentions": (Span(0, 0, "A"),)}, "mentions"),
        ({"relations": (Relation(Span(0, 0), Span(1, 1), "R"),)}, "relations"),
        ({"tokens": ("a", "b\tc", "d", "e")}, "an empty, broken or tabbed cell"),
        ({"tokens": ("a", "b", "c", "-DOCSTART-")}, "a sentence that begins with the word -DOCSTART-"),
    ],
)
def test_what_the_columns_cannot_hold_is_refused(tmp_path: Path, changes: dict, what: str) -> None:
    document = Document(
        "d", **{"tokens": tuple("abcd"), "sentences": ((0, 2), (3, 3)), "source": "x:5"} | changes
    )
    with pytest.raises(FormatError) as caught:
        Conll2003().write([document], tmp_path / "f")
    assert str(caught.value).startswith(
        f"x:5: document 'd' has {what}"
    ) and "which conll2003 cannot hold" in str(caught.value)
    assert not (tmp_path / "f").exists()


def test_fit_leaves_out_what_the_format_has_no_place_for() -> None:
    document = Document("d", ("a",), entities=(Span(0, 0, "A"),), mentions=(Span(0, 0, "A"),), clusters=())
    assert Conll2003().fit(document) == document.replace(mentions=None, clusters=None)


def test_long_documents_are_cut_if_asked(tmp_path: Path) -> None:
    text = "a O\n\nb O\n\nc B-X\n\n# newdoc id = d\ne O\n\nf O\n\ng O\n\n# newdoc id = h\ni O\n"
    path = put(tmp_path, "f.bio", text)
    documents = list(Conll2003(sentences_per_document=2).read(path))
    assert [(d.id, d.tokens, d.source.rsplit(":", 1)[1]) for d in documents] == [
        ("f.1", ("a", "b"), "1"), ("f.2", ("c",), "5"), ("d", ("e", "f"), "7"), ("d.2", ("g",), "12"),
        ("h", ("i",), "14"),
    ]  # fmt: skip
    whole, cut = Conll2003().read(path), Conll2003(sentences_per_document=100).read(path)
    assert list(whole) == list(cut)
    with pytest.raises(ConfigurationError, match="sentences_per_document: is 0; give at least 1"):
        Conll2003(sentences_per_document=0)


@pytest.mark.parametrize("head", ["-DOCSTART- O\n\n", ""])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, head: str) -> None:
    def peak(documents: int) -> int:
        path = put(tmp_path, "f.bio", (head + "Ada B-PER\nsaid O\nso O\n\n" * 50) * documents)
        tracemalloc.start()
        try:
            deque(Conll2003(sentences_per_document=50).read(path), maxlen=0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams.Capped.read, "__defaults__", (4096,))
        assert peak(300) < 1.2 * peak(30)
