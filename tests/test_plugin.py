import os
import subprocess
import sys


def test_commands_are_known_elsewhere_to_a_user_with_the_plugin(tmp_path, project_root):
    """By the line that also makes them known in the project's root."""
    plugins = (project_root / ".allennlp_plugins").read_text(encoding="utf-8")
    (tmp_path / ".allennlp").mkdir()
    (tmp_path / ".allennlp" / "plugins").write_text(plugins, encoding="utf-8")
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(project_root)}
    command = [sys.executable, "-m", "allennlp", "annotate", "--help"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0 and "ARCHIVE" in run.stdout, run.stderr
