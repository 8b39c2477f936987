"""Prints the metrics that `allennlp evaluate --output-file` wrote as a small table.

python scripts/print_scores.py runs/demo/test.json ner emd relation coref
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = {
    "f1": "F1 of spans with their types",
    "strict_f1": "F1 of relations, arguments with their types",
    "coref_f1": "mean F1 of MUC, B³ and CEAFe",
}


def rows(metrics: dict[str, float], tasks: list[str]) -> Iterator[tuple[str, str, str]]:
    """Task, score and meaning of what is worth showing; a task's other metrics stay in the file."""
    for task in tasks:
        for metric, meaning in NAMES.items():
            if (value := metrics.get(f"{task}/{metric}")) is not None:
                yield task, f"{100 * value:5.1f}", meaning


def table(metrics: dict[str, float], tasks: list[str]) -> str:
    """A line for each score."""
    return "\n".join(f"  {task:<10}{score}   {meaning}" for task, score, meaning in rows(metrics, tasks))


def read(path: Path) -> dict[str, float]:
    """The metrics. Ends the program where the file has none."""
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(metrics, dict):
            raise ValueError("holds no metrics")
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}; name the file that `allennlp evaluate --output-file` wrote")
    return metrics


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("metrics", type=Path, help="the JSON file of metrics")
    parser.add_argument("tasks", nargs="*", help="the tasks to show, in this order; by default all")
    args = parser.parse_args()
    metrics = read(args.metrics)
    print(table(metrics, args.tasks or list(dict.fromkeys(key.partition("/")[0] for key in metrics))))


if __name__ == "__main__":
    main()
