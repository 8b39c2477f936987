from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_run import same

from hmtl.training import checkpoints
from hmtl.training.figures import EpochSums, StepFigures

numbers = st.floats(-1e6, 1e6)
steps = st.builds(
    StepFigures,
    task=st.sampled_from(["ner", "emd", "coref"]),
    loss=numbers,
    gradient_norm=numbers,
    learning_rate=numbers,
    words=st.integers(0, 10**6),
    instances=st.integers(0, 1000),
    seconds=st.just(1.0),
)


def summed(figures: list[StepFigures]) -> EpochSums:
    sums = EpochSums()
    for step in figures:
        sums.add(step)
    return sums


@given(st.lists(steps, max_size=30))
def test_means_counts_and_last_values_of_each_task(figures):
    by_task = {task: [step for step in figures if step.task == task] for task in ("coref", "emd", "ner")}
    expected = {}
    for task, mine in by_task.items():
        if mine:
            expected[f"{task}/loss"] = fmean(step.loss for step in mine)
            expected[f"{task}/gradient_norm"] = fmean(step.gradient_norm for step in mine)
            expected[f"{task}/steps"] = len(mine)
            expected[f"{task}/words"] = sum(step.words for step in mine)
            expected[f"{task}/instances"] = sum(step.instances for step in mine)
            expected[f"{task}/learning_rate"] = mine[-1].learning_rate
    metrics = summed(figures).metrics()
    scales = {name: metrics.pop(name) for name in list(metrics) if name.endswith("/loss_scale")}
    assert metrics == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert set(scales) == {f"{task}/loss_scale" for task, mine in by_task.items() if mine}


def test_loss_scales_are_in_units_of_the_mean_over_tasks():
    losses = [("ner", 1.0), ("ner", 3.0), ("coref", 93.0), ("emd", 1.0)]
    metrics = summed([StepFigures(task, loss, 1, 1, 1, 1, 1) for task, loss in losses]).metrics()
    scales = {task: metrics[f"{task}/loss_scale"] for task in ("ner", "emd", "coref")}
    assert scales == pytest.approx({"ner": 2 / 32, "emd": 1 / 32, "coref": 93 / 32})
    assert sum(scales.values()) == pytest.approx(3)


def test_losses_of_zero_have_the_scale_one():
    assert summed([StepFigures("ner", 0.0, 1, 1, 1, 1, 1)]).metrics()["ner/loss_scale"] == 1.0


@given(figures=st.lists(steps, max_size=20), data=st.data())
def test_a_resumed_epoch_has_the_same_figures_bit_for_bit(figures, data, tmp_path_factory):
    place = data.draw(st.integers(0, len(figures)))
    path = tmp_path_factory.getbasetemp() / "sums.th"
    checkpoints.save(summed(figures[:place]).state_dict(), path)
    resumed = EpochSums()
    resumed.load_state_dict(checkpoints.load(path))
    for step in figures[place:]:
        resumed.add(step)
    straight = summed(figures)
    assert same(resumed.metrics(), straight.metrics())
    assert list(resumed.metrics()) == list(straight.metrics())
    assert same(resumed.state_dict(), straight.state_dict())


def test_a_saved_state_is_not_changed_by_later_steps():
    sums = summed([StepFigures("ner", 1.0, 1, 0.5, 1, 1, 1)])
    state = sums.state_dict()
    sums.add(StepFigures("ner", 5.0, 1, 0.25, 1, 1, 1))
    assert state["sums"]["ner"]["loss"] == 1.0
    assert state["learning_rates"] == {"ner": 0.5}
