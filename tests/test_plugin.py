import os
import subprocess
import sys

import pytest


@pytest.fixture
def known_commands(tmp_path, project_root):
    """What `allennlp --help` lists in a directory, for a user with these plugins."""

    def run(directory, plugins: str | None = None) -> str:
        home = tmp_path / "home"
        (home / ".allennlp").mkdir(parents=True)
        if plugins is not None:
            (home / ".allennlp" / "plugins").write_text(plugins)
        environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(project_root)}
        command = [sys.executable, "-m", "allennlp", "--help"]
        return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True).stdout

    return run


def test_commands_are_known_in_the_projects_root(known_commands, project_root):
    assert "annotate" in known_commands(project_root)


def test_commands_are_known_elsewhere_to_a_user_with_the_plugin(known_commands, tmp_path):
    assert "annotate" in known_commands(tmp_path, "hmtl.plugin\n")
