from pathlib import Path

import pytest

from formats.helpers import put
from hmtl.formats.files import find_files, text_file, write_lines
from hmtl.formats.format import FormatError
from hmtl.formats.streams import GZIP_MAGIC

LIMIT = 1 << 20


def read(path: Path, max_bytes: int = LIMIT) -> list[tuple[int, str]]:
    return list(text_file(path, path, max_bytes).lines)


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
    assert (tmp_path / name).read_bytes() == first and (first[:2] == GZIP_MAGIC) == name.endswith(".gz")


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
    (tmp_path / "g").write_text("a")
    with pytest.raises(FormatError, match=r"g/f.txt: .*Not a directory"):
        write_lines(tmp_path / "g" / "f.txt", ["a"])
