"""Test scores of one run beside those of others, as a Markdown table.

    python scripts/results.py runs/open runs/open_ner runs/open_emd runs/open_relation runs/open_coref

The first directory is the joint run; of the others each score is shown beside the joint one. The runs must
have been trained with `evaluate_on_test`, which tests the weights of the epoch that was best on the
validation sets.
"""

import json
import sys
from pathlib import Path

PREFIX = "test_"
SCORES = ("f1",)


def test_scores(run: Path) -> dict[str, float]:
    """`task/metric` of the test sets, F1 scores only. Exits with one line where the run has none."""
    file = run / "metrics.json"
    try:
        metrics = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        sys.exit(f"{file}: cannot be read ({error}); train the run to its end first")
    scores = {name.removeprefix(PREFIX): value for name, value in metrics.items() if name.startswith(PREFIX)}
    scores = {name: value for name, value in scores.items() if name.endswith(SCORES)}
    if not scores:
        sys.exit(f"{file}: holds no test scores; train with evaluate_on_test: true")
    return scores


def table(joint: dict[str, float], alone: dict[str, float]) -> list[str]:
    """A row for each score of the joint run."""
    lines = ["| score | joint | alone | difference |", "| --- | ---: | ---: | ---: |"]
    for name, value in joint.items():
        other = alone.get(name)
        beside = "– | –" if other is None else f"{100 * other:.1f} | {100 * (value - other):+.1f}"
        lines.append(f"| {name} | {100 * value:.1f} | {beside} |")
    return lines


def main(arguments: list[str]) -> None:
    if not arguments:
        sys.exit("usage: python scripts/results.py JOINT_RUN [SINGLE_RUN ...]")
    joint, *others = [test_scores(Path(argument)) for argument in arguments]
    print("\n".join(table(joint, {name: value for run in others for name, value in run.items()})))


if __name__ == "__main__":
    main(sys.argv[1:])
