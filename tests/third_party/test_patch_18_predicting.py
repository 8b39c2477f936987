"""How many inputs `predict` takes at once, and what becomes of its output file."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError
from allennlp.common.predicting import Answers, count_of_inputs
from allennlp.predictors import Predictor, SentenceTaggerPredictor

TAKEN: list[int] = []


class Noting(SentenceTaggerPredictor):
    """Notes how many inputs come at once."""

    def predict_json(self, inputs: Any) -> Any:
        TAKEN.append(1)
        return super().predict_json(inputs)

    def predict_batch_json(self, inputs: list[Any]) -> Any:
        TAKEN.append(len(inputs))
        return super().predict_batch_json(inputs)


@Predictor.register("made_up_by_itself")
class ByItself(Noting):
    """Says nothing of how many it would have."""


@Predictor.register("made_up_in_threes")
class InThrees(Noting):
    """Would have three."""

    def batches(self, inputs: Iterator[Any]) -> Iterator[list[Any]]:
        while group := [one for _, one in zip(range(3), inputs, strict=False)]:
            yield group


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"sentence": f"The cat sat {n}"}) + "\n" for n in range(4)))
    return path


def predict(monkeypatch: pytest.MonkeyPatch, run: Path, *arguments: object) -> None:
    TAKEN.clear()
    monkeypatch.setattr("sys.argv", ["allennlp", "predict", str(run / "model.tar.gz"), *map(str, arguments)])
    main()


@pytest.mark.parametrize(
    ("kind", "size", "taken"),
    [
        ("made_up_by_itself", (), [1, 1, 1, 1]),
        ("made_up_in_threes", (), [3, 1]),
        ("made_up_in_threes", ("--batch-size", 2), [2, 2]),
    ],
)
def test_inputs_come_as_the_predictor_would_have_them(
    run: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    size: tuple[Any, ...],
    taken: list[int],
) -> None:
    pytest.importorskip("spacy")
    output = source.with_name("out.jsonl")
    monkeypatch.setattr(SentenceTaggerPredictor, "__init__", Predictor.__init__)
    monkeypatch.setattr(SentenceTaggerPredictor, "_json_to_instance", _instance)
    predict(monkeypatch, run, source, "--predictor", kind, "--silent", "--output-file", output, *size)
    assert taken == TAKEN
    words = [json.loads(line)["words"] for line in output.read_text().splitlines()]
    assert [sentence[-1] for sentence in words] == ["0", "1", "2", "3"]


def _instance(self: Predictor, inputs: dict[str, str]) -> Any:
    from allennlp.data import Token

    return self._dataset_reader.text_to_instance([Token(word) for word in inputs["sentence"].split()])


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", ""])
@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_no_inputs_at_once(
    run: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capsys, command: str, text: str
) -> None:
    arguments = ["allennlp", command, str(run / "model.tar.gz"), str(source), f"--batch-size={text}"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    last = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2 and f"{text} is not a number of inputs; give 1 or more" in last
    with pytest.raises(argparse.ArgumentTypeError):
        count_of_inputs(text)


def test_a_file_of_answers_keeps_what_it_held_until_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("from before\n")
    answers = Answers(str(path), str(tmp_path / "in.jsonl"))
    assert path.read_text() == "from before\n"
    answers.write("é\n")
    answers.close()
    assert path.read_bytes() == "é\n".encode()


def test_of_no_inputs_the_file_of_answers_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    Answers(str(path), "-").close()
    assert path.read_text() == ""


def test_answers_do_not_go_to_their_own_input(source: Path) -> None:
    (source.parent / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="--output-file .* is the input file too; name another"):
        Answers(str(source.parent / "folder" / ".." / source.name), str(source))
    assert source.read_text()
