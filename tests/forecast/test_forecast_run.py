"""From a config to what decides which data a run sees."""

import copy

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from small_run import build, config_of

from hmtl.forecast import Run


def read(config) -> Run:
    return Run.from_config(Params(copy.deepcopy(config)))


def error_of(config) -> str:
    with pytest.raises(ConfigurationError) as error:
        read(config)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("trainer", [{}, {"seed": 7, "accumulate": 2, "schedule": {"type": "uniform"}}])
def test_the_plan_is_the_trainers(trainer, small_corpus, tmp_path):
    run = read(config_of(small_corpus, **trainer))
    real = build(config_of(small_corpus, **trainer), tmp_path).trainer
    assert run.plan == real.plan
    assert run.schedule.kind == real.schedule.kind
    assert run.patience == real.progress.states["ner"].tracker._patience


def test_defaults_are_the_trainers(small_corpus, tmp_path):
    config = config_of(small_corpus)
    config["trainer"] = {"type": "hmtl", "cuda_device": -1}
    run, real = read(config), build(config, tmp_path).trainer
    assert run.plan == real.plan and run.schedule.kind == real.schedule.kind
    for task, state in real.progress.states.items():
        assert run.learners[task].learning_rate == state.learner.learning_rate


def test_many_processes_share_each_batch(small_corpus):
    config = config_of(small_corpus) | {"distributed": {"cuda_devices": [-1, -1], "num_nodes": 2}}
    alone, together = read(config_of(small_corpus)).plan.sizes, read(config).plan.sizes
    for task, size in alone.items():
        # batches of 8 become batches of 32
        assert size.batches == -(-size.instances // 8) and together[task].batches == -(-size.instances // 32)


@pytest.mark.parametrize("key", ["trainer", "data_loader", "dataset_reader"])
def test_a_config_without(key, small_corpus):
    config = config_of(small_corpus)
    del config[key]
    assert error_of(config) == f"{key}: the config has none; is it one to train with?"


def test_a_config_without_data(small_corpus):
    config = config_of(small_corpus)
    del config["train_data_path"]
    assert error_of(config).startswith("train_data_path: the config has none")


def test_another_trainer(small_corpus):
    config = config_of(small_corpus)
    config["trainer"]["type"] = "gradient_descent"
    assert error_of(config).startswith("trainer.type is 'gradient_descent'; only the schedule of an 'hmtl'")


@pytest.mark.parametrize(
    ("trainer", "message"),
    [
        ({"num_epochs": 0}, "trainer.num_epochs is 0; give more than 0"),
        ({"seed": -1}, "trainer.seed is -1; give 0 or more"),
        ({"accumulate": 0}, "trainer.accumulate is 0; give more than 0"),
        ({"tasks": {"nre": {"patience": 3}}}, "trainer.tasks.nre: there is no such task; the tasks "),
        ({"shedule": {}}, "shedule"),
        (
            {"schedule": {"type": "weighted", "weights": {"ner": 1}}},
            "trainer.schedule.weights: does not name task 'emd'; add it",
        ),
    ],
)  # fmt: skip
def test_a_trainer_that_could_not_be_built(trainer, message, small_corpus):
    assert message in error_of(config_of(small_corpus, **trainer))


def test_a_schedule_by_scores_needs_validation(small_corpus):
    schedule = {"type": "dynamic", "single_task_scores": {"ner": 0.9, "emd": 0.8}}
    config = config_of(small_corpus, schedule=schedule)
    read(config)
    del config["validation_data_path"]["emd"]
    assert "task 'emd' has none; add validation_data_path.emd" in error_of(config)
