import io
import json
import sys

import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

from hmtl.commands.annotate import draws_lines, read_text
from hmtl.document_json import from_json
from hmtl.render import render

TEXT = "Maria Keller sold her boat. She left Quillmouth in 1987."


@pytest.fixture
def annotate(small_archive, monkeypatch, capsys):
    """What `allennlp annotate` prints for the small archive and these arguments."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(
            sys, "argv", ["allennlp", "annotate", str(small_archive / "model.tar.gz"), *arguments]
        )
        main(prog="allennlp")
        return capsys.readouterr().out

    return run


def test_json_is_one_document_with_all_layers(annotate):
    document = from_json(json.loads(annotate("--json", TEXT)))
    assert document.text == TEXT
    layers = (document.entities, document.mentions, document.relations, document.clusters)
    assert all(layer is not None for layer in layers)


def test_prints_the_picture_of_what_json_says(annotate, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    document = from_json(json.loads(annotate("--json", TEXT)))
    assert annotate(TEXT) == render(document, 70)
    assert annotate("--ascii", TEXT) == render(document, 70, plain=True)


def test_weights_of_a_tasks_best_epoch(annotate, small_archive):
    answer = json.loads(annotate("--json", TEXT, "--weights-file", str(small_archive / "best_ner.th")))
    assert answer["text"] == TEXT


def test_reads_a_text_a_file_or_standard_input(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("\ufeffDear Mör", encoding="utf-8")
    stdin = io.TextIOWrapper(io.BytesIO(b"Dear Keller"))
    assert read_text("Dear Ada") == ("Dear Ada", "text")
    assert read_text(str(file)) == ("Dear Mör", str(file))
    assert read_text("-", stdin) == ("Dear Keller", "standard input")
    assert read_text("word " * 2000)[1] == "text"
    assert read_text("nul\0byte")[1] == "text"


def test_names_the_file_and_byte_that_is_not_utf8(tmp_path):
    file = tmp_path / "old.txt"
    file.write_bytes(b"M\xf6r")
    with pytest.raises(ConfigurationError, match=r"old\.txt: byte 1 is not UTF-8; save"):
        read_text(str(file))


def test_a_text_without_words_is_refused_in_one_line(annotate):
    with pytest.raises(ConfigurationError) as error:
        annotate(" \n ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("encoding", "can"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("cp437", False)]
)
def test_lines_are_drawn_where_the_encoding_has_them(encoding, can):
    assert draws_lines(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is can
