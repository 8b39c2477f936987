import gzip
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.helpers import put
from hmtl.formats import files
from hmtl.formats.files import FormatError, find_files, numbered_lines, text_file, write_lines

LIMIT = 1 << 20


def read(path: Path, max_bytes: int = LIMIT) -> list[tuple[int, str]]:
    return list(text_file(path, path, max_bytes).lines)


TEXT = st.text(st.characters(exclude_characters="\r\n\ufeff", exclude_categories=["Cs"]))


@given(st.lists(TEXT, min_size=1), st.booleans(), st.booleans())
def test_lines_do_not_depend_on_their_ends_or_a_byte_order_mark(
    lines: list[str], crlf: bool, bom: bool
) -> None:
    text = "".join(line + ("\r\n" if crlf else "\n") for line in lines)
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    assert [line for _, line in numbered_lines(BytesIO(data), "f", LIMIT)] == lines
    assert [n for n, _ in numbered_lines(BytesIO(data), "f", LIMIT)] == list(range(1, len(lines) + 1))


def test_chunks_leave_no_trace_in_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["größer", "", "ab\r", "é" * 9, "last"]
    data = "\r\n".join(lines).encode()
    expected = list(enumerate(data.decode().replace("\r\n", "\n").split("\n"), start=1))
    for size in range(1, len(data) + 1):
        monkeypatch.setattr(files, "CHUNK", size)
        monkeypatch.setattr(files.Capped.read, "__defaults__", (size,))
        assert list(numbered_lines(BytesIO(data), "f", LIMIT)) == expected


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "f", "a\u2028b\x0bc\x85d\ne")
    assert read(path) == [(1, "a\u2028b\x0bc\x85d"), (2, "e")]


def test_gzip_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert read(path) == [(1, "a"), (2, "b")]


def test_a_decompression_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a\n" * LIMIT))
    with pytest.raises(FormatError, match=r"bomb.gz: unpacks to more than 1 MB; raise max_megabytes"):
        read(path)


def test_an_endless_line_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 1000)
    with pytest.raises(FormatError, match=r"f:2: is a line of over"):
        read(put(tmp_path, "f", "ok\n" + "x" * 1001))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-12], lambda data: data[:20] + b"\xff" * 9 + data[29:]]
)
def test_damaged_gzip_is_named(tmp_path: Path, damage) -> None:
    path = tmp_path / "f.gz"
    path.write_bytes(damage(gzip.compress(bytes(range(256)) * 40)))
    with pytest.raises(FormatError, match=r"f.gz: cannot be unpacked \(.*\); the file is damaged"):
        read(path)


def test_other_encodings_are_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes("eins\nzwei\nfünf\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"f.txt:3: is not UTF-8 \(byte 0xfc\); convert the file to UTF-8"):
        read(path)


def test_a_missing_path_is_named_with_the_current_directory() -> None:
    with pytest.raises(FormatError) as caught:
        find_files(Path("no/such.conll"), (".conll",))
    expected = f"no/such.conll: no such file; a relative path starts in the current directory, {Path.cwd()}"
    assert str(caught.value) == expected


def test_a_walk_takes_the_files_of_the_format_in_order(tmp_path: Path) -> None:
    for name in ("b/2.conll", "a.conll.gz", "b/1.conll", "README.md", "b.conll/readme"):
        put(tmp_path, name, "x")
    found = find_files(tmp_path, (".conll",))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a.conll.gz",
        "b/1.conll",
        "b/2.conll",
    ]
    with pytest.raises(FormatError, match=r"holds no file that ends in \.json, \.jsonl \(or with \.gz\)"):
        find_files(tmp_path, (".json", ".jsonl"))


def test_names_and_stems(tmp_path: Path) -> None:
    path = put(tmp_path, "sub/a.b.conll.gz", "")
    assert text_file(path, tmp_path, LIMIT).stem == "sub/a.b"
    assert text_file(path, path, LIMIT).stem == "a.b" and text_file(path, path, LIMIT).name == str(path)


@pytest.mark.parametrize("name", ["f.txt", "f.txt.gz"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    write_lines(tmp_path / name, ["ä", "", "b"])
    assert read(tmp_path / name) == [(1, "ä"), (2, ""), (3, "b")]
    first = (tmp_path / name).read_bytes()
    write_lines(tmp_path / name, ["ä", "", "b"])
    assert (tmp_path / name).read_bytes() == first and (first[:2] == files.GZIP_MAGIC) == name.endswith(".gz")


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = put(tmp_path, "f.txt", "old\n")

    def lines():
        yield "new"
        raise FormatError("x:1: cannot; mend")

    with pytest.raises(FormatError, match="cannot"):
        write_lines(path, lines())
    assert read(path) == [(1, "old")] and list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no/f.txt: cannot be written"):
        write_lines(tmp_path / "no" / "f.txt", ["a"])
    with pytest.raises(FormatError, match=r"f.txt: cannot be written \(.*surrogates not allowed"):
        write_lines(tmp_path / "f.txt", ["\ud800"])
