"""The command line says in one line what the user can mend, with a status; defects keep tracebacks."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allennlp import __main__ as entry
from allennlp.common import Params
from allennlp.common import util as allennlp_util
from allennlp.common.checks import ConfigurationError
from allennlp.common.command_line import run_command
from allennlp.common.util import SigTermReceived
from torch.multiprocessing import ProcessRaisedException


@pytest.fixture(autouse=True)
def _no_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLENNLP_DEBUG", raising=False)


def _raises(error: BaseException) -> tuple[str, int]:
    """Stands for any function, whatever it would return, that fails with `error`."""
    raise error


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (ConfigurationError("key 'a'\n  is\twrong"), "key 'a' is wrong", 1),
        (FileNotFoundError("file x not found"), "file x not found", 1),
        (IsADirectoryError(21, "Is a directory", "runs"), "[Errno 21] Is a directory: 'runs'", 1),
        (ConfigurationError(""), "ConfigurationError", 1),
        (KeyboardInterrupt(), "interrupted", 130),
        (SigTermReceived(), "terminated", 143),
    ],
)
def test_one_line_and_a_status(
    error: BaseException, line: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run_command(lambda: _raises(error))
    assert stop.value.code == status
    assert capsys.readouterr().err == f"allennlp: error: {line}\n"


@pytest.mark.parametrize("defect", [KeyError("x"), ProcessRaisedException("KeyError: 'x'\n", 1, 99)])
def test_defects_keep_their_traceback(defect: Exception) -> None:
    with pytest.raises(type(defect)):
        run_command(lambda: _raises(defect))


def test_debug_asks_for_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLENNLP_DEBUG", "1")
    with pytest.raises(ConfigurationError):
        run_command(lambda: _raises(ConfigurationError("wrong")))


def test_the_log_file_keeps_the_traceback(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "out.log")
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(SystemExit):
            run_command(lambda: _raises(ConfigurationError("wrong")))
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert "Traceback" in (tmp_path / "out.log").read_text()


def _stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[str, int]:
    """The one line and the status of `allennlp …`, in this process."""
    monkeypatch.setattr(sys, "argv", ["allennlp", *arguments])
    monkeypatch.setattr(allennlp_util, "install_sigterm_handler", lambda: None)
    with pytest.raises(SystemExit) as stop:
        entry.run()
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("allennlp: error: ")]
    return line, stop.value.code


def _train(config: Path, *arguments: str) -> tuple[str, ...]:
    return ("train", str(config), "-s", str(config.parent / "run"), *arguments)


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("{", (), "config.jsonnet:1:2"),
        ("{a: std.extVar('not set')}", (), "undefined external variable: not set"),
        ("{a: 1}", ("-o", "{"), "overrides:1:2"),
        ("{a: 1}", ("-o", '{"b.c": 1}'), "unused keys: ['b.c']"),
        ("{a: 1}", ("-o", '{"a.c": 1}'), "overrides for 'a.*' expected list or dict"),
        ("{}", ("--include-package", "no_such_package"), "--include-package no_such_package"),
    ],
)
def test_config_errors_through_the_command(
    text: str,
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = tmp_path / "config.jsonnet"
    config.write_text(text)
    line, status = _stopped(monkeypatch, capsys, *_train(config, *arguments))
    assert said in line and status == 1


def test_a_package_that_fails_to_import_is_a_defect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_package.py").write_text("import no_such_dependency\n")
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    arguments = _train(tmp_path / "config.json", "--include-package", "broken_package")
    monkeypatch.setattr(sys, "argv", ["allennlp", *arguments])
    monkeypatch.setattr(allennlp_util, "install_sigterm_handler", lambda: None)
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        entry.run()


def test_old_handlers_still_catch(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonnet").write_text("{")
    with pytest.raises(RuntimeError):
        Params.from_file(tmp_path / "bad.jsonnet")
    (tmp_path / "good.jsonnet").write_text("{a: 1}")
    with pytest.raises(ValueError, match="unused keys"):
        Params.from_file(tmp_path / "good.jsonnet", '{"b.c": 1}')


@pytest.mark.parametrize("failure", [ConnectionError("no route"), SystemExit(1)])
def test_a_spacy_pipeline_that_cannot_be_had(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allennlp_util, "spacy_download", lambda name: _raises(failure))
    with pytest.raises(ConfigurationError, match="python -m spacy download xx_no_such_pipeline"):
        allennlp_util.get_spacy_model("xx_no_such_pipeline", False, False, False)


def test_as_a_program(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ALLENNLP_DEBUG"}
    environment["ALLENNLP_LOG_LEVEL"] = "WARNING"
    command = [sys.executable, "-m", "allennlp", "train", "nothing.json", "-s", "run"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == "allennlp: error: file nothing.json not found\n"
