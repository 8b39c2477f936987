"""hmtl's commands are known in a directory that has never heard of it."""

import os
import subprocess
import sys
from pathlib import Path


def test_annotate_is_known_anywhere(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "allennlp", "annotate", "--help"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0 and "ARCHIVE" in run.stdout, run.stderr
