from pathlib import Path

import pytest
from hypothesis import given
from strategies import CELL, documents, overlaps

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Span
from hmtl.formats import FormatError, Uner
from hmtl.formats.align import lay_out

TEXT = """# newdoc id = weblog-1
# sent_id = weblog-1-0001
# text = Don't mind Al-Zaman.
1\tDo\tO
2\tn't\tO
3\tmind\tO
4\tAl\tB-ORG\t-\tstephen
5\t-\tI-ORG\t-\tstephen
6\tZaman\tI-ORG\t-\tstephen
7\t.\tO\t-\t-

# sent_id = weblog-1-0002
# text = Another text than the words
1\tAmerican\tB-OTH\t-\tstephen
2\t#\tO\t-\t-

# newdoc id = weblog-2
# sent_id = weblog-2-0001
1\t1\tO\t-\t-
"""


def test_rows_may_lack_their_last_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "en.iob2", TEXT)
    first, second = Uner().read(path)
    assert (first.id, first.source, second.id, second.source) == (
        "weblog-1",
        f"{path}:1",
        "weblog-2",
        f"{path}:17",
    )
    assert first.sentences == ((0, 6), (7, 8))
    assert first.entities == (Span(3, 5, "ORG"), Span(7, 7, "OTH"))
    assert first.text == "Don't mind Al-Zaman.\nAmerican #" and first.span_text(3, 5) == "Al-Zaman"
    assert second.tokens == ("1",) and second.text == "1"


def test_labels_are_left_out_only_if_asked(tmp_path: Path) -> None:
    first, _ = Uner(ignore_labels=["OTH"]).read(put(tmp_path, "en.iob2", TEXT))
    assert first.entities == (Span(3, 5, "ORG"),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "\tI-ORG\t-\tstephen\n7",
            "\tI-PER\t-\tstephen\n7",
            "en.iob2:9: tag I-PER goes on where no PER span is open",
        ),
        ("6\tZaman\tI-ORG\t-\tstephen", "6\tZaman", "en.iob2:9: has 2 columns; give 3"),
        ("B-OTH", "OTH", "en.iob2:14: 'OTH' is not a tag"),
        (
            "weblog-2\n",
            "weblog-1\n",
            "en.iob2:17: document 'weblog-1' was already read at en.iob2:1; rename or remove",
        ),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert refusal(Uner(), put(tmp_path, "en.iob2", TEXT.replace(old, new, 1))).startswith(message)


@given(
    document=documents(
        ("entities",), tokens=CELL, within=True, conflict=overlaps, missing=False, laid_out=True
    )
)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, document: Document) -> None:
    # sentences are told apart by line breaks, speakers and genres are not kept
    words = [document.tokens[start : end + 1] for start, end in document.sentences]
    texts = [document.span_text(*sentence) for sentence in document.sentences]
    held = [None if set(text) & set("\t\r\n") else text for text in texts]
    text, offsets = lay_out(list(zip(words, held, strict=True)))
    expected = document.replace(text=text, offsets=tuple(offsets), speakers=None, genre=None)
    if not any(held):
        expected = document.replace(text="", offsets=(), speakers=None, genre=None)
    assert there_and_back(Uner(), [document], tmp_path_factory.mktemp("f") / "f.iob2") == [expected]


@pytest.mark.parametrize("identifier", ["", " a", "a\nb"])
def test_ids_that_do_not_fit_are_refused(tmp_path: Path, identifier: str) -> None:
    with pytest.raises(FormatError, match="an id that is empty or does not fit a line"):
        Uner().write([Document(identifier, ("a",), entities=())], tmp_path / "f.iob2")
