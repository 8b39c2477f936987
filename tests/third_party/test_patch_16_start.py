"""The version and the list of commands need no command to be imported, and say what the commands say."""

import importlib
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from allennlp import __main__ as entry
from allennlp import start
from allennlp.common.util import import_module_and_submodules

MODULE = ["-m", "allennlp"]
SCRIPT = ["-c", "import sys; from allennlp.__main__ import run; sys.exit(run())"]
# As if nothing had been answered at once.
LATER = ["-c", "from allennlp.commands import main; main(prog='allennlp')"]
HEAVY = {"torch", "numpy", "spacy", "transformers", "allennlp.commands", "allennlp.common", "hmtl.commands"}


@pytest.fixture(autouse=True)
def _no_plugins_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither where the tests run, nor at the home of who runs them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(start, "GLOBAL_PLUGINS_FILENAME", str(tmp_path / "plugins"))
    monkeypatch.chdir(tmp_path)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def _imported(trace: str) -> set[str]:
    """The modules that `-X importtime` tells of."""
    lines = (line for line in trace.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["module", "script"])
@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], [], ["no-such-command"]], ids=str)
def test_nothing_heavy_is_imported(program: list[str], arguments: list[str]) -> None:
    done = _run("-X", "importtime", *program, *arguments)
    modules = _imported(done.stderr)
    assert "allennlp.start" in modules and not modules & HEAVY
    assert done.returncode == (2 if "no-such-command" in arguments else 0)


def test_the_version() -> None:
    assert _run(*MODULE, "--version").stdout == _run(*LATER, "--version").stdout == "allennlp 2.10.1\n"


@pytest.mark.parametrize("arguments", [["--help"], [], ["no-such-command", "--best", "ner"]], ids=str)
def test_the_same_is_said_as_by_the_commands(arguments: list[str]) -> None:
    now, later = (_run(*program, *arguments) for program in (MODULE, LATER))
    assert (now.returncode, now.stdout, now.stderr) == (later.returncode, later.stdout, later.stderr)
    for name in (*start.SUBCOMMANDS, "annotate", "check", "convert", "report", "schedule"):
        assert name in now.stdout + now.stderr


@pytest.mark.parametrize(
    "arguments", [["train", "--help"], ["annotate"], ["--unknown"], ["--version=1"]], ids=str
)
def test_what_needs_a_command_is_left_to_it(arguments: list[str]) -> None:
    assert start.answer(arguments) is None


def test_a_plugin_that_does_not_say_its_commands_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "DEFAULT_PLUGINS", ("no_such_package", "json", "hmtl"))
    assert start.plugin_subcommands() is None
    monkeypatch.setattr(start, "DEFAULT_PLUGINS", ("no_such_package", "hmtl"))
    assert sorted(start.plugin_subcommands()) == list(start.plugin_subcommands())


def test_what_plugins_there_are_is_said_in_one_place() -> None:
    names = ("LOCAL_PLUGINS_FILENAME", "GLOBAL_PLUGINS_FILENAME", "DEFAULT_PLUGINS")
    program = f"""
from allennlp import start
for name in {names}:
    setattr(start, name, name)
from allennlp.common import plugins
assert [getattr(plugins, name) for name in {names}] == [*{names}]
"""
    done = _run("-c", program)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("place", [".allennlp_plugins", ".allennlp/plugins"])
def test_commands_of_a_plugin_that_a_file_names(place: str, tmp_path: Path) -> None:
    (tmp_path / "greeting.py").write_text("""\
from allennlp.commands.subcommand import Subcommand

@Subcommand.register("greet")
class Greet(Subcommand):
    def add_subparser(self, parser):
        return parser.add_parser(self.name, help="Say hello.")
""")
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("greeting\n")
    done = _run(*MODULE, "--help")
    assert "greet          Say hello." in done.stdout and "annotate" in done.stdout


class _Spy:
    """A finder that finds nothing, and counts how often a module is looked for; or is interrupted there."""

    def __init__(self, name: str, interrupted: bool = False) -> None:
        self.name, self.interrupted, self.count = name, interrupted, 0

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name == self.name:
            self.count += 1
            if self.interrupted:
                raise KeyboardInterrupt
        return None


def test_ctrl_c_during_imports(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["allennlp", "train"])
    monkeypatch.delitem(sys.modules, "allennlp.commands")
    monkeypatch.setattr(sys, "meta_path", [_Spy("allennlp.commands", interrupted=True), *sys.meta_path])
    with pytest.raises(SystemExit) as stop:
        entry.run()
    assert stop.value.code == 130
    assert capsys.readouterr().err == "allennlp: error: interrupted\n"


def test_checklist_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("checklist") is not None:
        pytest.skip("checklist is installed")
    spy = _Spy("checklist")
    monkeypatch.setattr(sys, "meta_path", [spy, *sys.meta_path])
    import_module_and_submodules("allennlp.evaluation")
    assert spy.count == 1


def test_a_package_with_the_name_of_one_of_allennlp_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    done = _run("-c", "from allennlp.common.plugins import import_plugins; import_plugins()")
    assert done.returncode == 0, done.stderr
