from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.documents import Document
from hmtl.formats import Brat, FormatError
from hmtl.formats.folders import places

ENDINGS = (".a", ".b")


def put(path: Path, *names: str) -> list[Path]:
    """The files of documents with these names, which are made."""
    found = []
    for _, place in places(Brat(), [Document(name, ("x",)) for name in names], path, ENDINGS):
        place.touch(exist_ok=False)
        found.append(place)
    return found


def test_a_file_has_one_document(tmp_path: Path) -> None:
    for name in ("f.a", "f.b.gz"):
        assert put(tmp_path / name, "d") == [tmp_path / name]
    with pytest.raises(FormatError, match="'e' has another document before it in the file"):
        put(tmp_path / "g.a", "d", "e")


def test_a_folder_has_a_file_for_each(tmp_path: Path) -> None:
    assert put(tmp_path / "f", "d", "nw/e") == [tmp_path / "f/d.a", tmp_path / "f/nw/e.a"]
    with pytest.raises(FormatError, match="f: is no empty folder; name a new one"):
        put(tmp_path / "f", "g")
    with pytest.raises(FormatError, match="'d' has the place of another, "):
        put(tmp_path / "g", "d", "d")


@pytest.mark.parametrize("name", ["x" * 300, "d.a/e"])
def test_a_name_that_is_no_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="names no file .*; rename it$"):
        put(tmp_path / "f", "d", name)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.sampled_from(["..", "../..", "/a", "a//b"])
)
def test_no_name_leads_out(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("f")
    (place,) = put(folder / "inside", name)
    assert place.resolve().is_relative_to(folder / "inside") and place.is_file()
    assert [path.name for path in folder.iterdir()] == ["inside"]
