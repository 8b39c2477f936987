"""What a user hands over, where it is wrong: one line that names it."""

import inspect
import tarfile
from pathlib import Path

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.given import (
    WeightsError,
    check_arguments,
    json_object,
    load_weights,
    open_archive,
    utf8_lines,
    weights_error,
)


class Takes:
    def __init__(self, one: int, two: int = 2) -> None: ...


class TakesAll:
    def __init__(self, **options: int) -> None: ...


def test_arguments_are_checked_against_the_signature() -> None:
    check_arguments(Takes, {"one": 1})
    check_arguments(TakesAll, {"anything": 1})
    with pytest.raises(ConfigurationError, match="Takes takes no argument 'three'; it takes one, two"):
        check_arguments(Takes, {"one": 1, "three": 3})
    assert list(inspect.signature(Takes).parameters) == ["one", "two"]


@pytest.mark.parametrize("text", ["de", "{", "[1]", '"de"'])
def test_json_that_is_no_object(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--option .* is no JSON"):
        json_object(text, "--option")
    assert json_object('{"a": [1]}', "--option") == {"a": [1]}


def test_lines_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes("né\n".encode() + b"n\xe9\n")
    with (
        path.open(encoding="utf-8") as lines,
        pytest.raises(ConfigurationError, match="in: is not UTF-8 .byte 0xe9"),
    ):
        list(utf8_lines(lines, "in"))


@pytest.mark.parametrize("name", ["config.json", "./config.json", "notes.txt"])
def test_an_archive_has_a_config(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{}")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "file", name)
    if name == "notes.txt":
        with (
            pytest.raises(ConfigurationError, match="holds no config.json"),
            open_archive(tmp_path / "a.tar.gz"),
        ):
            pass
    else:
        with open_archive(tmp_path / "a.tar.gz") as archive:
            assert archive.getnames() == [name]


def test_weights_of_another_model() -> None:
    model = torch.nn.Linear(2, 1)
    assert load_weights(model, {"bias": torch.ones(1), "x": torch.ones(1)}, "w.th") == (["weight"], ["x"])
    assert model.bias.item() == 1
    with pytest.raises(
        WeightsError, match="w.th: holds weights of another model: size mismatch for weight"
    ) as error:
        load_weights(model, torch.nn.Linear(3, 2).state_dict(), "w.th")
    assert str(error.value).endswith("and 1 more") and isinstance(error.value, RuntimeError)
    line = str(weights_error("w.th", ["a", "b", "c"], ["d"]))
    assert line == "w.th: holds weights of another model: a and 2 more missing; d unknown"
