import json
import subprocess
import sys

import pytest


def test_tasks_in_the_order_that_is_asked_for(tmp_path, project_root):
    file = tmp_path / "metrics.json"
    file.write_text(
        json.dumps({"coref/coref_f1": 0.5, "coref/muc_f1": 0.1, "emd/f1": 1.0, "ner/f1": 0.875, "loss": 3.0})
    )

    def shown(*tasks):
        command = [sys.executable, str(project_root / "scripts" / "print_scores.py"), str(file), *tasks]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [line.split()[:2] for line in lines]

    assert shown("ner", "coref", "relation") == [["ner", "87.5"], ["coref", "50.0"]]
    assert shown() == [["coref", "50.0"], ["emd", "100.0"], ["ner", "87.5"]]


@pytest.mark.parametrize("content", [None, "", "[1]", "not JSON", b"\xff"])
def test_a_file_without_metrics_is_named_in_one_line(tmp_path, project_root, content):
    file = tmp_path / "metrics.json"
    if content is None:
        file.mkdir()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content)
    command = [sys.executable, str(project_root / "scripts" / "print_scores.py"), str(file)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 1 and len(ended.stderr.splitlines()) == 1
    assert str(file) in ended.stderr and "allennlp evaluate --output-file" in ended.stderr
