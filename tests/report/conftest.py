"""Runs, small in memory and whole on disk."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hmtl.report.read import read_run
from hmtl.report.run import Epoch, Interference, Run, Task
from report.synthetic_run import write_run


@pytest.fixture
def run_of() -> Callable[..., Run]:
    """A run of tasks whose metric `f1` has these values, an epoch each."""

    def build(
        metrics: Mapping[str, list[float]],
        interference: Mapping[int, Interference] | None = None,
        lower: tuple[str, ...] = (),
        **other: object,
    ) -> Run:
        tasks = {task: Task(task, "f1", task not in lower) for task in metrics}
        length = max(map(len, metrics.values()))
        epochs = [
            Epoch(
                epoch,
                {
                    f"validation_{task}/f1": values[epoch]
                    for task, values in metrics.items()
                    if values[epoch:]
                },
                (interference or {}).get(epoch),
            )
            for epoch in range(length)
        ]
        return Run(name="run", tasks=tasks, epochs=epochs, **other)

    return build


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Run]:
    """Writes a run, see `write_run`, and reads it."""

    def build(**options: object) -> Run:
        return read_run(write_run(tmp_path / "run", **options))

    return build
