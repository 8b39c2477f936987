"""Every format of text reads a file with a byte order mark, and one with CRLF, as it reads the file without.
What is beyond ASCII keeps its places."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.helpers import put
from formats.test_fuzz import COMPRESSED, NAMES, WHOLE, file_name
from hmtl.document_json import from_json, to_json
from hmtl.documents import Document, Span
from hmtl.formats import Brat, Format, FormatError, Spans
from hmtl.formats.lossy import what_fits

MARK = b"\xef\xbb\xbf"
CHANGES = {
    "mark": lambda data: MARK + data,
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "both": lambda data: MARK + data.replace(b"\n", b"\r\n"),
}
TEXT_FORMATS = [name for name in NAMES if name not in COMPRESSED]

# combining marks in both orders, characters beyond the basic plane, joined emoji, and both directions
WORDS = ("Zoe\u0308", "𝒳avier", "👩‍👩‍👧", "漢字", "שָׁלוֹם", "مرحبًا", "e\u0323\u0301x", "हिन्दी", ".")
HARD = WHOLE.replace(
    tokens=(*WORDS, "𝒳", "saw", "👍🏽"),
    sentences=((0, 8), (9, 11)),
    text="",
    offsets=(),
    entities=(Span(0, 1, "PER"), Span(9, 9, "NUM")),
)
# as spaCy splits it: one format holds no other words
SPLIT = WHOLE.replace(
    tokens=(
        "Zoe\u0308",
        "𝒳avier",
        "met",
        "מלך",
        "by",
        "e\u0323\u0301x",
        ".",
        "مرحبًا",
        "saw",
        "漢字",
        "31",
        ".",
    ),
    text="",
    offsets=(),
)


def write(name: str, folder: Path) -> Path:
    form, path = Format.by_name(name)(), folder / file_name(name)
    document = what_fits(form, SPLIT if name == "ace2005" else HARD, path.name)
    try:
        form.write([document, document.replace(id="nw/b")], path)
    except FormatError:
        form.write([document], path)
    return path


def read(name: str, path: Path) -> list[Document]:
    return [document.replace(source="") for document in Format.by_name(name)().read(path)]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_marks_and_line_ends_change_nothing(name: str, change: str, tmp_path: Path) -> None:
    path = write(name, tmp_path)
    before = read(name, path)
    assert before
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_bytes(CHANGES[change](file.read_bytes()))
    assert read(name, path) == before


def test_every_registered_format_was_tried() -> None:
    assert {*TEXT_FORMATS, "spacy"} == set(Format.list_available())


@pytest.mark.parametrize("name", NAMES)
def test_offsets_are_code_points_of_the_text(name: str, tmp_path: Path) -> None:
    found = read(name, write(name, tmp_path))
    words = "".join(word for document in found for word in document.tokens)
    assert words and words.replace("".join((SPLIT if name == "ace2005" else HARD).tokens), "") == ""
    for document in found:
        assert [document.text[s:e] for s, e in document.offsets] == list(document.tokens)
        answer = to_json(document)
        assert from_json(answer, source="") == document
        spans = [span for layer in ("entities", "mentions") for span in answer[layer] or ()]
        assert all(answer["text"][s["char_start"] : s["char_end"]] == s["text"] for s in spans)


BODY = "𝒳avier saw Zoe\u0308.\r\n\r\nמלך left 海岸 👍🏽.\r\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("in_file", ["\r\n", "\n"])
@pytest.mark.parametrize("counted", ["\r\n", "\n"])
@pytest.mark.parametrize("mark_counted", [False, True])
def test_brat_counts_what_the_tool_counted(
    mark: str, in_file: str, counted: str, mark_counted: bool, tmp_path: Path
) -> None:
    """A file may have got its mark and its line ends before or after it was annotated."""
    if in_file == "\n" and counted == "\r\n":
        return  # line feeds that came after are not known to anyone
    there = BODY.replace("\r\n", counted)
    shift = len(mark) * mark_counted
    lines = []
    for number, quoted in enumerate(("𝒳avier", "Zoe\u0308", "מלך", "海岸"), start=1):
        start = there.index(quoted) + shift
        lines.append(f"T{number}\tPER {start} {start + len(quoted)}\t{quoted}\n")
    put(tmp_path, "a.txt", mark + BODY.replace("\r\n", in_file))
    put(tmp_path, "a.ann", "".join(lines))
    (document,) = Brat(language="xx").read(tmp_path / "a.ann")
    assert [document.span_text(*span.bounds) for span in document.mentions] == [
        "𝒳avier", "Zoe\u0308", "מלך", "海岸",
    ]  # fmt: skip
    assert document.text.replace("\r\n", "\n") == BODY.replace("\r\n", "\n")


def test_brat_still_refuses_what_stands_nowhere(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "\ufeff" + BODY)
    put(tmp_path, "a.ann", "T1\tPER 0 4\tsaw!\n")
    with pytest.raises(FormatError, match=r'a\.ann:1: quotes "saw!" where the text has .*avi"; count'):
        list(Brat().read(tmp_path / "a.ann"))


@pytest.mark.parametrize("form", [Spans, Brat])
def test_the_language_splits_raw_text(form: type[Format], tmp_path: Path) -> None:
    text = "海伦在北京。她住在那里。"
    if form is Spans:
        path = put(tmp_path, "a.jsonl", f'{{"text": "{text}", "spans": []}}\n')
    else:
        path = put(tmp_path, "a.txt", text).with_suffix(".ann")
        path.touch()
    sizes = {
        language: (len(document.tokens), len(document.sentences))
        for language in ("zh", "xx")
        for document in form(language=language).read(path)
    }
    assert sizes == {"zh": (12, 2), "xx": (2, 1)}
