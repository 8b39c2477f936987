from pathlib import Path

import pytest

from formats.helpers import put, refusal
from hmtl.documents import Document, Span
from hmtl.formats import Conll2003, Format, FormatError

NAMES = sorted(Format.list_available())
# formats whose files are lines of text and stand alone; the tests of the others show the same
LINES = [name for name in NAMES if name not in ("ace2005", "brat", "spacy")]


@pytest.mark.parametrize("name", LINES)
def test_paths_that_hold_nothing(tmp_path: Path, name: str) -> None:
    form = Format.by_name(name)()
    assert (
        refusal(form, put(tmp_path, "empty", ""))
        == "empty:1: holds no documents; remove the file or name another"
    )
    assert "no such file; a relative path starts in the current directory, " in refusal(
        form, tmp_path / "none"
    )
    (tmp_path / "folder").mkdir()
    assert f"folder: holds no file that ends in {', '.join(form.suffixes)} (or with .gz)" in refusal(
        form, tmp_path / "folder"
    )


@pytest.mark.parametrize("name", LINES)
def test_other_encodings_are_named_with_the_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\n\xff\n")
    assert refusal(Format.by_name(name)(), path) == "f:2: is not UTF-8 (byte 0xff); convert the file to UTF-8"


@pytest.mark.parametrize("name", LINES)
def test_a_bomb_is_stopped(tmp_path: Path, name: str) -> None:
    form = Format.by_name(name)(max_megabytes=1)
    assert refusal(form, put(tmp_path, "f", "\n" * (1 << 21))) == (
        "f: has over 1 MB that must be in memory at once; cut it into documents (conll2003: "
        "sentences_per_document), or raise max_megabytes if you trust it"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_registered_name_is_known(name: str) -> None:
    assert Format.by_name(name)().name == name


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.bio", "# newdoc id = x\na O\n")
    put(tmp_path, "b.bio", "# newdoc id = x\na O\n")
    with pytest.raises(FormatError) as caught:
        list(Conll2003().read(tmp_path))
    expected = f"document 'x' was already read at {tmp_path}/a.bio:1; rename or remove one of them"
    assert str(caught.value) == f"{tmp_path}/b.bio:1: {expected}"


def test_files_of_one_name_in_two_folders_have_two_ids(tmp_path: Path) -> None:
    put(tmp_path, "nw/a.bio", "a O\n")
    put(tmp_path, "bc/a.bio", "a O\n")
    assert [document.id for document in Conll2003().read(tmp_path)] == ["bc/a", "nw/a"]


def test_spans_by_sentence() -> None:
    document = Document("d", tuple("abcd"), ((0, 1), (2, 3)), entities=(Span(0, 1, "A"), Span(3, 3, "B")))
    assert Conll2003().by_sentence(document, "entities") == [[Span(0, 1, "A")], [Span(1, 1, "B")]]
    assert Conll2003().by_sentence(document, "mentions") == [[], []]


@pytest.mark.parametrize("name", ["conll2003", "conll2012", "conllu", "jsonl"])
def test_documents_of_any_number_are_read(tmp_path: Path, name: str) -> None:
    """The limit is for what is in memory at once: a document."""
    form = Format.by_name(name)(max_megabytes=1)
    document = Document("d", ("word",) * 5000, mentions=(), entities=(), clusters=())
    form.write([form.fit(document)], one := tmp_path / "one")
    text, count = one.read_text(), 60
    many = tmp_path / "many"
    many.write_text(
        "".join(
            text.replace("newdoc id = d", f"newdoc id = d{i}")
            .replace('"d"', f'"d{i}"')
            .replace("document (d)", f"document (d{i})")
            for i in range(count)
        )
    )
    assert many.stat().st_size > 1 << 20
    assert sum(1 for _ in form.read(many)) == count
