"""Prints the metrics that `allennlp evaluate --output-file` wrote as a small table, the tasks in their order.

    python scripts/print_scores.py runs/demo/test.json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

NAMES = {
    "f1": "F1 of spans with their types",
    "strict_f1": "F1 of relations, arguments with their types",
    "boundary_f1": "F1 of relations, arguments' bounds alone",
    "coref_f1": "mean F1 of MUC, B³ and CEAFe",
}


def rows(metrics: dict[str, float]) -> Iterator[tuple[str, str, str]]:
    """Task, score and meaning of what is worth showing; a task's other metrics stay in the file."""
    for key, value in metrics.items():
        task, _, metric = key.partition("/")
        if metric in NAMES:
            yield task, f"{100 * value:5.1f}", NAMES[metric]


def table(metrics: dict[str, float]) -> str:
    """A line for each score."""
    return "\n".join(f"  {task:<10}{score}   {meaning}" for task, score, meaning in rows(metrics))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("metrics", type=Path, help="the JSON file of metrics")
    print(table(json.loads(parser.parse_args().metrics.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
