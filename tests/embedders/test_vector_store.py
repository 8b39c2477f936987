"""Vectors that come back as they were put in, or not at all."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmtl.embedders.vector_store import ENTRY, VectorStore


def opened(folder: Path, width: int = 3, dtype: str = "f4") -> VectorStore:
    return VectorStore(folder, width, np.dtype(dtype))


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def numbers(words: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(words, 3)).astype("f4")


def file_of(folder: Path, kind: str) -> Path:
    (path,) = folder.glob(f"*.{kind}")
    return path


@given(st.lists(st.integers(0, 7), max_size=8))
def test_what_is_added_is_there_now_and_later(
    tmp_path_factory: pytest.TempPathFactory, words: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    writing = opened(folder)
    for number, count in enumerate(words):
        assert writing.get(key(number)) is None
        writing.add(key(number), numbers(count, number))
    for store in (writing, opened(folder)):
        assert len(store) == len(words)
        for number, count in enumerate(words):
            assert np.array_equal(store.get(key(number)), numbers(count, number))


def test_nothing_is_written_where_nothing_is_added(tmp_path: Path) -> None:
    opened(tmp_path / "none")
    assert not list(tmp_path.iterdir())


def test_several_write_at_once_and_each_finds_all_afterwards(tmp_path: Path) -> None:
    stores = [opened(tmp_path) for _ in range(3)]
    for number in range(12):
        stores[number % 3].add(key(number), numbers(number, number))
    assert all(np.array_equal(opened(tmp_path).get(key(n)), numbers(n, n)) for n in range(12))


def test_the_first_of_two_stays(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(key(1), numbers(2, 1))
    store.add(key(1), numbers(2, 2))
    assert np.array_equal(store.get(key(1)), numbers(2, 1))


@pytest.mark.parametrize("cut", range(1, ENTRY.itemsize))
def test_an_entry_that_was_cut_off_is_not_there(tmp_path: Path, cut: int) -> None:
    store = opened(tmp_path)
    store.add(key(1), numbers(2))
    store.add(key(2), numbers(3))
    index = file_of(tmp_path, "index")
    index.write_bytes(index.read_bytes()[:-cut])
    again = opened(tmp_path)
    assert again.get(key(2)) is None and np.array_equal(again.get(key(1)), numbers(2))


def test_vectors_that_were_cut_off_are_not_there(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add(key(1), numbers(2))
    store.add(key(2), numbers(3))
    vectors = file_of(tmp_path, "vectors")
    vectors.write_bytes(vectors.read_bytes()[:-1])
    assert len(opened(tmp_path)) == 1


def test_damage_is_noticed_said_once_and_mended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writing = opened(tmp_path)
    for number in range(3):
        writing.add(key(number), numbers(2, number))
    vectors = file_of(tmp_path, "vectors")
    vectors.write_bytes(bytes(vectors.stat().st_size))
    store = opened(tmp_path)
    assert [store.get(key(number)) for number in range(3)] == [None] * 3
    assert caplog.text.count("is damaged; what is missing is computed anew") == 1
    store.add(key(1), numbers(2))
    assert np.array_equal(store.get(key(1)), numbers(2))


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_files_that_hold_anything(
    tmp_path_factory: pytest.TempPathFactory, index: bytes, vectors: bytes
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "x.index").write_bytes(index)
    (folder / "x.vectors").write_bytes(vectors)
    store = opened(folder)
    for known in list(store._places):
        found = store.get(known)
        assert found is None or found.shape[1] == 3


def test_an_index_without_vectors_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened(tmp_path).add(key(1), numbers(2))
    file_of(tmp_path, "vectors").unlink()
    assert len(opened(tmp_path)) == 0
    assert "is passed over" in caplog.text


def test_a_place_that_cannot_be_written_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store = opened(tmp_path / "file" / "folder")
    for number in range(3):
        store.add(key(number), numbers(1))
    assert store.get(key(0)) is None
    assert caplog.text.count("cannot be written") == 1


def test_a_full_disk_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(tmp_path)
    store.add(key(0), numbers(1))
    file, index = store._own

    class Full:
        name = "full"

        def __getattr__(self, name: str) -> object:
            return getattr(file, name)

        def write(self, data: bytes) -> int:
            return file.write(data[:5])

    store._own = Full(), index
    store.add(key(1), numbers(4))
    store.add(key(2), numbers(4))
    assert caplog.text.count("No space left on device") == 1
    assert store.get(key(1)) is None
    assert np.array_equal(opened(tmp_path).get(key(0)), numbers(1)) and len(opened(tmp_path)) == 1
