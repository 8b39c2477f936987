"""The runner of AllenNLP's own tests: the environment's failures are skipped, all others count."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "run_allennlp_tests.py"
SPECIFICATION = importlib.util.spec_from_file_location("run_allennlp_tests", SCRIPT)
assert SPECIFICATION is not None and SPECIFICATION.loader is not None
runner = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(runner)

TESTS = """
import os
def test_right(): assert os.path.isdir(os.environ["ALLENNLP_SRC_DIR"] + "/test_fixtures")
def test_network(): raise ConnectionError("no route")
"""
RUN = (
    "import sys; sys.path.insert(0, {scripts!r}); import run_allennlp_tests as r; from pathlib import Path; "
)
RUN += "sys.exit(r.run(Path({checkout!r}), []))"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with tests, fixtures, and a package that must not be imported."""
    for name, text in {
        "tests/test_some.py": TESTS,
        "tests/test_vision.py": "import torchvision.no_such_module\n",
        "test_fixtures/data.txt": "",
        "allennlp/__init__.py": "raise AssertionError('the checkout was imported')\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def _run(checkout: Path) -> subprocess.CompletedProcess[str]:
    code = RUN.format(scripts=str(SCRIPT.parent), checkout=str(checkout))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)


def test_what_the_environment_lacks_is_skipped_with_its_reason(checkout: Path) -> None:
    done = _run(checkout)
    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 skipped" in done.stdout
    assert "needs a network" in done.stdout and "needs torchvision" in done.stdout


def test_any_other_failure_counts(checkout: Path) -> None:
    (checkout / "tests" / "test_wrong.py").write_text("def test_wrong(): assert 1 == 2\n")
    done = _run(checkout)
    assert done.returncode == 1 and "1 failed, 1 passed, 2 skipped" in done.stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool", "needs a network"),
        ("OSError: We couldn't connect to 'https://…' to load the files", "needs a model hub"),
        (
            "the spaCy pipeline 'en_core_web_sm' is not installed and",
            "needs a spaCy pipeline that is not installed",
        ),
        ("the callback 'wandb' needs 'wandb', which is not", "needs wandb"),
        ("AssertionError: assert 1 == 2", None),
    ],
)
def test_reasons(text: str, reason: str | None) -> None:
    assert runner.reason_for(text) == reason


def test_another_version_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "allennlp").mkdir()
    (tmp_path / "allennlp" / "a.py").write_text("x = 1\n")
    released = {"allennlp/a.py": b"x = 1\n", "allennlp/b.py": b"", "allennlp.dist-info/RECORD": b""}
    assert runner.differing_files(tmp_path, released) == ["allennlp/b.py"]
    assert runner.differing_files(tmp_path, {"allennlp/a.py": b"x = 2\n"}) == ["allennlp/a.py"]
