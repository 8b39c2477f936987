import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from formats.helpers import put
from hmtl.documents import Document
from hmtl.formats.files import TextFile
from hmtl.formats.tallied import Tallied


class Vowels(Tallied):
    """Reads a word a line and counts its vowels."""

    suffixes = (".words",)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        for number, line in file.lines:
            self.tally["vowels"] += sum(line.count(vowel) for vowel in "aeiou")
            yield Document(line, (line,), source=file.at(number))


def test_each_read_warns_once_of_what_it_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path, "a/1.words", "ada\nbo\n")
    put(tmp_path, "a/2.words", "eve\n")
    put(tmp_path, "b/3.words", "hymn\n")
    put(tmp_path, "c/4.words", "io\n")
    form = Vowels()
    with caplog.at_level(logging.WARNING):
        # by turns: neither counts the other's
        first, second = form.read(tmp_path / "a"), form.read(tmp_path / "c")
        assert [next(first).id, next(second).id] == ["ada", "io"]
        assert [document.id for document in (*first, *second, *form.read(tmp_path / "b"))] == [
            "bo",
            "eve",
            "hymn",
        ]
    assert caplog.messages == [f"{tmp_path / 'a'}: 5 vowels", f"{tmp_path / 'c'}: 2 vowels"]
    assert not form.tally
