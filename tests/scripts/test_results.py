"""The table of results says what the runs say."""

import json
import subprocess
import sys
from pathlib import Path


def run(project_root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, project_root / "scripts" / "results.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(directory: Path, **metrics: float) -> Path:
    directory.mkdir()
    names = {name.replace("__", "/"): value for name, value in metrics.items()}
    (directory / "metrics.json").write_text(json.dumps(names))
    return directory


def test_joint_beside_alone(project_root: Path, tmp_path: Path) -> None:
    joint = write(tmp_path / "joint", test_ner__f1=0.5, test_ner__loss=3.0, test_emd__f1=0.25)
    alone = write(tmp_path / "alone", test_ner__f1=0.625)
    output = run(project_root, joint, alone)
    assert output.stdout.splitlines()[2:] == ["| ner/f1 | 50.0 | 62.5 | -12.5 |", "| emd/f1 | 25.0 | – | – |"]


def test_a_run_without_test_scores_is_named(project_root: Path, tmp_path: Path) -> None:
    output = run(project_root, write(tmp_path / "joint", ner__f1=0.5))
    assert output.returncode == 1
    assert (
        "metrics.json" in output.stderr
        and "evaluate_on_test" in output.stderr
        and "Traceback" not in output.stderr
    )


def test_a_missing_run_is_named(project_root: Path, tmp_path: Path) -> None:
    output = run(project_root, tmp_path / "none")
    assert output.returncode == 1
    assert "none/metrics.json" in output.stderr and "Traceback" not in output.stderr
