"""The command line, in this process: an error that the user can mend ends it as it ends the program."""

import sys

import pytest
from allennlp.commands import main
from allennlp.common.command_line import run_command


def allennlp(*arguments: object) -> None:
    """Runs `allennlp ARGUMENTS --include-package hmtl`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["allennlp", *map(str, arguments), "--include-package", "hmtl"])
        run_command(lambda: main(prog="allennlp"))


def error_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Runs a command that must fail; returns the one line that the user gets."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        allennlp(*arguments)
    assert stopped.value.code == 1
    # progress bars end in no newline of their own
    line = capsys.readouterr().err.rpartition("allennlp: error: ")[2]
    assert line.endswith("\n") and line.count("\n") == 1 and "Traceback" not in line
    return line.strip()
