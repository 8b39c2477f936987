"""The steps of a run, drawn without a model."""

from collections import Counter
from typing import Any

import pytest
import torch
from allennlp.common import Params
from small_run import config_of

from hmtl.forecast import Run, simulate


@pytest.fixture
def run_of(small_corpus):
    def build(**trainer: Any) -> Run:
        return Run.from_config(Params(config_of(small_corpus, "ner emd coref", **trainer)))

    return build


def test_counts_are_those_of_the_draw(run_of):
    run = run_of(num_epochs=3, schedule={"type": "annealed"})
    for number, epoch in enumerate(simulate(run, 3).epochs):
        drawn = Counter(run.schedule.draw(number, run.plan))
        assert {task: figures.steps for task, figures in epoch.items()} == {
            task: drawn[task] for task in run.plan.sizes
        }
        assert sum(figures.share for figures in epoch.values()) == pytest.approx(1)


def test_one_pass_sees_every_instance_and_word_once(run_of):
    run = run_of(num_epochs=2, schedule={"type": "sequential"})
    forecast = simulate(run, 2)
    for number, epoch in enumerate(forecast.epochs, start=1):
        for task, figures in epoch.items():
            assert figures.instances == len(run.loader.instances[task])
            assert figures.words == forecast.words[task]
            assert figures.passes == number


@pytest.mark.parametrize("shared", [False, True])
def test_learning_rates_are_those_of_the_real_schedule(shared, run_of):
    """Against the rates that the same learners have, stepped by hand."""
    settings = {
        "num_epochs": 3,
        "shared_optimizer": shared,
        "learning_rate_scheduler": {"type": "linear_with_warmup", "warmup_steps": 4},
        "optimizer": {"type": "sgd", "lr": 0.5},
    }
    run, fresh = run_of(**settings), run_of(**settings)
    for number, epoch in enumerate(simulate(run, 3).epochs):
        seen: dict[str, list[float]] = {}
        for task in fresh.schedule.draw(number, fresh.plan):
            learner = fresh.learners[task]
            seen.setdefault(task, []).append(learner.optimizer.param_groups[0]["lr"])
            learner.optimizer.step()
            learner.steps += 1
            learner.scheduler.step_batch(learner.steps)
        for learner in set(fresh.learners.values()):
            learner.scheduler.step()
        for task, rates in seen.items():
            assert epoch[task].learning_rates == (rates[0], rates[-1])


def test_the_curve_has_the_first_rate_of_every_epoch(run_of):
    run = run_of(num_epochs=4, learning_rate_scheduler={"type": "exponential", "gamma": 0.5})
    forecast = simulate(run, 4)
    for task, curve in forecast.learning_rates.items():
        times = [time for time, _ in curve]
        assert times == sorted(times) and times[0] >= 0 and times[-1] < 4
        rates = dict(curve)
        assert [rates[number] for number in range(4)] == pytest.approx([0.001 * 0.5**n for n in range(4)])
        assert [epoch[task].learning_rates[0] for epoch in forecast.epochs] == [rates[n] for n in range(4)]


@pytest.mark.parametrize(
    ("trainer", "epochs", "notes"),
    [
        ({"learning_rate_scheduler": None, "patience": None}, 2, []),
        ({"learning_rate_scheduler": None}, 2, ["The run ends early"]),
        ({"patience": None}, 2, ["as if it never fell"]),
        (
            {
                "learning_rate_scheduler": None,
                "patience": None,
                "optimizer": {"type": "adam", "parameter_groups": [[["heads"], {"lr": 0.1}]]},
            },
            2,
            ["the learning rate of the first group"],
        ),
        (
            {"learning_rate_scheduler": None, "patience": None, "schedule": {"type": "stop_and_go"}},
            2,
            ["Epoch 0 will be drawn as shown; the later ones are shown as if no task has stopped."],
        ),
        (
            {"learning_rate_scheduler": None, "patience": None, "schedule": {"type": "stop_and_go"}},
            1,
            [],
        ),
        (
            {
                "learning_rate_scheduler": None,
                "patience": None,
                "schedule": {"type": "weighted", "weights": {"ner": 1e9, "emd": 1, "coref": 1e9}},
            },
            2,
            ["The whole run sees 0% of the data of task 'emd' and never the rest."],
        ),
    ],
)
def test_notes(trainer, epochs, notes, run_of):
    found = simulate(run_of(num_epochs=2, **trainer), epochs).notes
    assert len(found) == len(notes)
    assert all(part in note for part, note in zip(notes, found, strict=True))


def test_no_random_number_is_taken_from_anybody(run_of):
    state = torch.get_rng_state()
    simulate(run_of(num_epochs=1), 1)
    assert torch.equal(torch.get_rng_state(), state)
