import time

import pytest

from hmtl.report.mix import mix
from hmtl.report.run import Epoch, Run, Task


def run_with(schedule: object, steps: dict[str, list[int]], **trainer: object) -> Run:
    tasks = {"a": Task("a", batches=30, instances=300), "b": Task("b", batches=10, instances=900)}
    epochs = [
        Epoch(i, {f"training_{task}/steps": values[i] for task, values in steps.items() if values[i]})
        for i in range(len(next(iter(steps.values()))))
    ]
    return Run("run", tasks, epochs, {"trainer": {"schedule": schedule} | trainer}, num_epochs=9)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({}, 30),
        ({"type": "proportional", "by": "instances"}, 10),
        ("uniform", 20),
        ({"type": "uniform", "steps_per_epoch": 40}, 20),
    ],
)
def test_expected_by_hand(schedule, expected) -> None:
    steps = mix(run_with(schedule, {"a": [25, 40], "b": [15, 0]}))
    assert steps.unknown == ""
    assert steps.realised == {"a": {0: 25, 1: 40}, "b": {0: 15, 1: 0}}
    assert steps.expected["a"] == pytest.approx({0: expected, 1: expected})
    assert steps.expected["b"] == pytest.approx({0: 40 - expected, 1: 40 - expected})


@pytest.mark.parametrize(
    ("schedule", "cause"),
    [
        ({"type": "uniform", "steps_per_epoch": 10**15}, "epoch 0 has 40 steps, the config's 1e+15"),
        ({"type": "nobody"}, "nobody"),
        ({"type": "uniform", "steps_per_epoch": "many"}, ""),
        (3, ""),
    ],
)
def test_what_cannot_be_known_is_said(schedule, cause) -> None:
    steps = mix(run_with(schedule, {"a": [25], "b": [15]}))
    assert steps.expected == {} and cause in steps.unknown and "\n" not in steps.unknown
    assert steps.realised["a"] == {0: 25}


@pytest.mark.parametrize("nested", [False, True])
def test_a_config_runs_nothing(nested, tmp_path) -> None:
    harm = {"type": "subprocess.Popen", "args": ["touch", str(tmp_path / "harm")]}
    schedule = {"type": "uniform", "steps_per_epoch": harm} if nested else harm
    steps = mix(run_with(schedule, {"a": [25], "b": [15]}))
    assert steps.unknown and "no attribute" not in steps.unknown
    time.sleep(0.2)
    assert not (tmp_path / "harm").exists()


def test_without_sizes_or_trainer(run_of, written) -> None:
    assert "sizes of the data" in mix(written(older=True)).unknown
    assert mix(run_of({"a": [1.0]})).unknown
