import pytest
from allennlp.common.checks import ConfigurationError
from small_run import build, config_of


def error_of(config, tmp_path) -> str:
    with pytest.raises(ConfigurationError) as error:
        build(config, tmp_path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_task_has_its_own_optimizer_over_all_parameters(small_corpus, tmp_path):
    states = build(config_of(small_corpus), tmp_path).trainer.progress.states
    ner, emd = states["ner"].learner, states["emd"].learner
    assert ner is not emd and ner.optimizer is not emd.optimizer and ner.scheduler is not emd.scheduler
    for learner in (ner, emd):
        assert sum(len(group["params"]) for group in learner.optimizer.param_groups) == len(
            list(build(config_of(small_corpus), tmp_path).model.parameters())
        )


def test_a_shared_optimizer_is_one(small_corpus, tmp_path):
    states = build(config_of(small_corpus, shared_optimizer=True), tmp_path).trainer.progress.states
    assert states["ner"].learner is states["emd"].learner


def test_what_a_task_does_in_its_own_way(small_corpus, tmp_path):
    own = {
        "optimizer": {"type": "sgd", "lr": 0.25},
        "learning_rate_scheduler": {"type": "exponential", "gamma": 0.5},
        "patience": 3,
        "validation_metric": "-loss",
    }
    states = build(config_of(small_corpus, tasks={"emd": own}), tmp_path).trainer.progress.states
    assert type(states["emd"].learner.optimizer).__name__ == "SgdOptimizer"
    assert states["emd"].learner.learning_rate == 0.25
    assert states["emd"].learner.plateau is None and states["ner"].learner.plateau is not None
    assert (states["emd"].metric, states["emd"].sign) == ("emd/loss", -1)
    assert (states["ner"].metric, states["ner"].sign) == ("ner/f1", 1)


@pytest.mark.parametrize("shared", [False, True])
def test_a_schedule_by_steps_is_told_how_many_steps_its_optimizer_will_take(shared, small_corpus, tmp_path):
    """Ramps that end with the last step: after the expected steps of the whole run the rate is 0."""
    schedule = {"type": "linear_with_warmup", "warmup_steps": 1}
    config = config_of(small_corpus, shared_optimizer=shared, learning_rate_scheduler=schedule, num_epochs=2)
    trainer = build(config, tmp_path).trainer
    sizes = {task: size.batches for task, size in trainer.plan.sizes.items()}
    for task, state in trainer.progress.states.items():
        expected = 2 * (sum(sizes.values()) if shared else sizes[task])
        while state.learner.learning_rate > 0 or state.learner.steps == 0:
            state.learner.step()
        assert state.learner.steps == expected


@pytest.mark.parametrize(
    ("trainer", "message"),
    [
        (
            {"tasks": {"nre": {"patience": 3}}},
            "trainer.tasks.nre: there is no such task; the tasks are ner, emd",
        ),
        (
            {"tasks": {"ner": {"validation_metric": "+f2"}}},
            "trainer.tasks.ner.validation_metric: the task has no metric 'f2'; it has f1, loss, ",
        ),
        (
            {"tasks": {"ner": {"validation_metric": "f1"}}},
            "trainer.tasks.ner.validation_metric is 'f1'; begin it with +",
        ),
        ({"tasks": {"ner": {"patience": 0}}}, "trainer.tasks.ner.patience is 0; give more than 0"),
        (
            {"shared_optimizer": True, "tasks": {"ner": {"optimizer": "sgd"}}},
            "trainer.tasks.ner: has an optimizer or schedule of its own although trainer.shared_optimizer",
        ),
        (
            {"learning_rate_scheduler": {"type": "reduce_on_plateau", "mode": "min"}},
            "set the mode of reduce_on_plateau to 'max'",
        ),
        ({"num_epochs": 0}, "trainer.num_epochs is 0; give more than 0"),
        ({"num_epochs": -1}, "trainer.num_epochs is -1"),
        ({"patience": -2}, "trainer.patience is -2"),
        ({"grad_norm": 0.0}, "trainer.grad_norm is 0.0"),
        ({"grad_clipping": -1.0}, "trainer.grad_clipping is -1.0"),
        ({"summary_interval": 0}, "trainer.summary_interval is 0"),
        ({"seed": -1}, "trainer.seed is -1"),
    ],
)
def test_options_that_do_not_fit_give_one_line(trainer, message, small_corpus, tmp_path):
    assert message in error_of(config_of(small_corpus, **trainer), tmp_path)


def test_heads_and_data_must_match(small_corpus, tmp_path):
    without_head, without_data, only_validated = (config_of(small_corpus) for _ in range(3))
    for config in (without_head, only_validated):
        del (
            config["model"]["order"],
            config["model"]["heads"]["emd"],
            config["model"]["backbone"]["task_levels"]["emd"],
        )
    assert "model.heads: task 'emd' has data but no head" in error_of(without_head, tmp_path)
    del without_data["train_data_path"]["emd"]
    assert "model.heads.emd: there is no training data for this head" in error_of(without_data, tmp_path)
    del only_validated["train_data_path"]["emd"]
    assert "model.heads: task 'emd' has data but no head" in error_of(only_validated, tmp_path)
