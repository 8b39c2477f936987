from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from hmtl.caching import store
from hmtl.caching.store import DOCUMENTS, INDEX, Damaged, Store, Writer
from hmtl.documents import Document
from hmtl.workers.messages import pack, unpack


def stored(folder: Path, found: list[Document]) -> tuple[int, int, int]:
    """Writes the documents; gives what the store must be told of them."""
    folder.mkdir(exist_ok=True)
    with Writer(folder) as writer:
        for document in found:
            writer.write(document)
    return writer.count, writer.size, writer.check


@given(st.lists(documents(), max_size=7), st.sampled_from([1, 2, 3, 4096]))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, found: list[Document], buffered: int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "BUFFERED", buffered)
        opened = Store(folder, *stored(folder, found))
        assert list(opened) == found == [opened[i] for i in range(len(opened))]
        shapes = [(len(d.sentences), max(end - start + 1 for start, end in d.sentences)) for d in found]
        assert [tuple(row) for row in opened.shapes(0, len(found)).tolist()] == shapes
        assert [tuple(row) for row in opened.shapes(1, 3).tolist()] == shapes[1:3]


DOCUMENTS_OF_TEST = [Document(f"d{i}", ("word",) * (i + 1)) for i in range(9)]


def test_another_process_opens_the_files_for_itself(tmp_path: Path) -> None:
    opened = Store(tmp_path, *stored(tmp_path, DOCUMENTS_OF_TEST))
    copy = unpack(pack(opened))
    assert list(copy) == list(opened) == DOCUMENTS_OF_TEST
    (tmp_path / INDEX).unlink()
    with pytest.raises(Damaged):
        unpack(pack(opened))


def test_there_is_no_document_outside(tmp_path: Path) -> None:
    opened = Store(tmp_path, *stored(tmp_path, DOCUMENTS_OF_TEST))
    for number in (-1, 9):
        with pytest.raises(IndexError):
            opened[number]


@pytest.mark.parametrize("name", [DOCUMENTS, INDEX])
@pytest.mark.parametrize("change", ["cut", "longer", "gone"])
def test_files_of_another_size_are_damaged(tmp_path: Path, name: str, change: str) -> None:
    told, path = stored(tmp_path, DOCUMENTS_OF_TEST), tmp_path / name
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] if change == "cut" else path.read_bytes() + b"\n")
    with pytest.raises(Damaged):
        Store(tmp_path, *told)


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    """Of the index at once, of a document when it is read."""
    told = stored(tmp_path, DOCUMENTS_OF_TEST[:2])
    for name in (DOCUMENTS, INDEX):
        path = tmp_path / name
        whole = path.read_bytes()
        for i in range(len(whole)):
            if name == DOCUMENTS and whole[i : i + 1] == b"\n":
                continue  # parts two lines, is part of none
            path.write_bytes(whole[:i] + bytes([whole[i] ^ 4]) + whole[i + 1 :])
            with pytest.raises(ConfigurationError, match="remove the folder|have changed"):
                list(Store(tmp_path, *told))
        path.write_bytes(whole)
    assert list(Store(tmp_path, *told)) == DOCUMENTS_OF_TEST[:2]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none: cannot be written \(No such file.*make room"):
        Writer(tmp_path / "none")
