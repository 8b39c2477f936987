import json
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import Model
from allennlp.models.archival import load_archive
from small_run import build, config_of, newest, same
from test_watch import read_scalars

from hmtl.training import checkpoints
from hmtl.training.trainer import HmtlTrainer

ADAM = {"type": "adam", "lr": 0.01}


@pytest.fixture
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def weights(model: Model) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in model.state_dict().items()}


def files(directory: Path) -> dict[str, Any]:
    """What a run has left: checkpoint, best weights, metrics."""
    states = {path.name: checkpoints.load(path) for path in sorted(directory.glob("*.th"))}
    states["checkpoint"] = checkpoints.load(newest(directory))
    return states | {
        path.name: json.loads(path.read_text()) for path in sorted(directory.glob("metrics_epoch_*.json"))
    }


def record_batches(loop, into: list) -> None:
    """Notes task and instances of every training step."""
    loader, tensors = loop.trainer.loader, loop.trainer.loader.tensors

    def noting(task: str, numbers: list[int]):
        into.append((task, list(numbers)))
        return tensors(task, numbers)

    loader.tensors = noting


def stop_in(trainer: HmtlTrainer, epoch: int, steps: int, error: type[BaseException]) -> None:
    """Raises after so many steps of an epoch."""
    step, done = trainer.stepper.step, []

    def stopping(*arguments):
        if trainer.progress.epoch == epoch:
            if len(done) == steps:
                raise error
            done.append(1)
        return step(*arguments)

    trainer.stepper.step = stopping


def test_a_step_changes_what_its_task_uses_and_nothing_else(small_corpus, tmp_path):
    config = config_of(
        small_corpus, "ner emd relation", optimizer={"type": "adamw", "lr": 0.01, "weight_decay": 0.5}
    )
    trainer = build(config, tmp_path).trainer
    trainer.model.train()
    states = trainer.progress.states
    for task, unused in (
        ("ner", ["emd", "relation"]),
        ("emd", ["ner", "relation"]),
        ("relation", ["ner", "emd"]),
    ):
        # moments of earlier steps, that an optimiser could act on, are there from the second round on
        for _ in range(2):
            for other in states:
                trainer.stepper.step(states[other], [0, 1], 0)
        before = weights(trainer.model)
        trainer.stepper.step(states[task], [0, 1], 1)
        after = weights(trainer.model)
        changed = {name for name in before if not torch.equal(before[name], after[name])}
        for other in unused:
            assert not any(name.startswith(f"heads.{other}.") for name in changed)
        assert any(name.startswith(f"heads.{task}.") for name in changed)
        # the levels above are not touched, those on the way down are
        depth = ["ner", "emd", "relation"].index(task)
        for level, name in enumerate(["ner", "emd", "relation"]):
            touched = any(weight.startswith(f"backbone.encoders.{name}.") for weight in changed)
            assert touched == (level <= depth)


@pytest.mark.parametrize("shared", [False, True])
def test_the_scale_of_a_loss_matters_to_a_shared_adam_only(shared, small_corpus, tmp_path, float64):
    def run(scale: float) -> dict[str, torch.Tensor]:
        config = config_of(
            small_corpus,
            optimizer=ADAM | {"eps": 1e-30},
            shared_optimizer=shared,
            grad_norm=None,
            num_epochs=3,
        )
        loop = build(config, tmp_path / str(scale))
        loop.model.double()
        head = loop.model.heads["emd"]
        unscaled = head.loss
        head.loss = lambda *arguments: scale * unscaled(*arguments)
        loop.run()
        return checkpoints.load(newest(tmp_path / str(scale)))["model"]

    one, hundred = run(1.0), run(100.0)
    assert one["embedder.token_embedder_words.weight"].dtype == torch.float64
    largest = max((one[name] - hundred[name]).abs().max().item() for name in one)
    assert largest > 0.01 if shared else largest < 1e-9


def test_two_runs_of_one_seed_are_identical_and_of_another_are_not(small_corpus, tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        loop = build(config_of(small_corpus, seed=seed), tmp_path / name)
        torch.manual_seed(len(name + str(seed)))
        loop.run()
    a, b, c = (files(tmp_path / name) for name in "abc")
    assert same(a, b)
    assert not same(a["best.th"], c["best.th"])


@pytest.mark.parametrize(("shared", "epoch", "steps"), [(False, 1, 3), (True, 2, 0)])
def test_a_resumed_run_ends_as_one_never_stopped(shared, epoch, steps, small_corpus, tmp_path):
    config = config_of(
        small_corpus,
        "ner emd relation coref",
        num_epochs=3,
        optimizer=ADAM,
        shared_optimizer=shared,
        average_decay=0.99,
    )
    straight, order = build(config, tmp_path / "straight"), []
    record_batches(straight, order)
    metrics = straight.run()

    stopped, stopped_order = build(config, tmp_path / "resumed"), []
    record_batches(stopped, stopped_order)
    stop_in(stopped.trainer, epoch, steps, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    del stopped_order[len(stopped_order) - steps :]
    assert stopped_order == order[: len(stopped_order)]

    resumed, rest = build(config, tmp_path / "resumed"), []
    record_batches(resumed, rest)
    torch.manual_seed(99)
    assert resumed.run() == metrics
    assert stopped_order + rest == order
    assert same(files(tmp_path / "resumed"), files(tmp_path / "straight"))
    assert same(weights(resumed.model), weights(straight.model))


def test_a_run_resumed_through_the_command_equals_one_never_stopped(small_corpus, tmp_path, monkeypatch):
    config = config_of(small_corpus, num_epochs=3, optimizer=ADAM)
    train_model(Params(json.loads(json.dumps(config))), tmp_path / "straight")
    end_epoch = HmtlTrainer._validate

    def failing(self):
        if self.progress.epoch == 1:
            raise RuntimeError("power cut")
        return end_epoch(self)

    with monkeypatch.context() as patched:
        patched.setattr(HmtlTrainer, "_validate", failing)
        with pytest.raises(RuntimeError, match="power cut"):
            train_model(Params(json.loads(json.dumps(config))), tmp_path / "resumed")
    assert not (tmp_path / "resumed" / "metrics.json").exists()
    train_model(Params(json.loads(json.dumps(config))), tmp_path / "resumed", recover=True)
    assert same(files(tmp_path / "resumed"), files(tmp_path / "straight"))
    for name in ("metrics.json", "config.json"):
        assert (tmp_path / "resumed" / name).read_bytes() == (tmp_path / "straight" / name).read_bytes()


def test_resuming_a_finished_run_changes_nothing(small_corpus, tmp_path):
    config = config_of(small_corpus)
    metrics, before = build(config, tmp_path).run(), files(tmp_path)
    assert build(config, tmp_path).run() == metrics
    assert same(files(tmp_path), before)


def test_the_best_weights_give_the_best_metrics_again(small_corpus, tmp_path):
    loop = build(config_of(small_corpus, num_epochs=5, optimizer=ADAM), tmp_path)
    metrics = loop.run()
    epochs = [json.loads((tmp_path / f"metrics_epoch_{n}.json").read_text()) for n in range(5)]
    for task in ("ner", "emd"):
        values = [epoch[f"validation_{task}/f1"] for epoch in epochs]
        assert metrics[f"{task}/best_epoch"] == values.index(max(values))
        loop.model.load_state_dict(checkpoints.load(tmp_path / f"best_{task}.th"))
        assert loop.trainer._validate()[f"{task}/f1"] == max(values) == metrics[f"{task}/best_f1"]
    means = [sum(epoch[f"validation_{task}/f1"] for task in ("ner", "emd")) / 2 for epoch in epochs]
    assert metrics["best_epoch"] == means.index(max(means))
    loop.model.load_state_dict(checkpoints.load(tmp_path / "best.th"))
    for name, value in loop.trainer._validate().items():
        assert metrics[f"best_validation_{name}"] == value


def test_stops_early_when_all_tasks_are_out_of_patience(small_corpus, tmp_path):
    # nothing is learned, so every epoch is as the first
    config = config_of(small_corpus, num_epochs=9, patience=2, optimizer={"type": "sgd", "lr": 1e-30})
    del config["trainer"]["learning_rate_scheduler"]
    metrics = build(config, tmp_path).run()
    assert metrics["epochs"] == 3


def test_the_figures_of_an_epoch(small_corpus, tmp_path):
    loop = build(config_of(small_corpus, tensorboard=True, summary_interval=1), tmp_path)
    metrics = loop.run()
    for number in range(2):
        figures = json.loads((tmp_path / f"metrics_epoch_{number}.json").read_text())
        steps = sum(size.batches for size in loop.trainer.plan.sizes.values())
        assert figures["epoch"] == number
        assert figures["training_ner/steps"] + figures["training_emd/steps"] == steps
        for task in ("ner", "emd"):
            assert figures[f"training_{task}/loss"] > 0
            assert {f"validation_{task}/{name}" for name in ("loss", "precision", "recall", "f1")} <= set(
                figures
            )
    scalars = read_scalars(tmp_path / "log")
    for task in ("ner", "emd"):
        for name in ("loss", "gradient_norm", "learning_rate"):
            assert len(scalars[f"{task}/{name}"]) == metrics[f"{task}/steps"]
        assert [step for step, _ in scalars[f"{task}/validation_f1"]] == [steps, 2 * steps]
    assert sorted(step for task in ("ner", "emd") for step, _ in scalars[f"{task}/loss"]) == list(
        range(1, 2 * steps + 1)
    )


@pytest.mark.parametrize(
    ("break_it", "what"), [(lambda loss: loss * float("nan"), "loss"), (torch.sqrt, "gradient's norm")]
)
def test_what_is_no_number_stops_the_run_with_one_line(break_it, what, small_corpus, tmp_path):
    loop = build(config_of(small_corpus), tmp_path)
    loss = loop.model.heads["emd"].loss
    # the square root of 0 has an infinite slope
    factor = 0.0 if what == "gradient's norm" else 1.0
    loop.model.heads["emd"].loss = lambda *arguments: break_it(factor * loss(*arguments))
    with pytest.raises(ConfigurationError) as error:
        loop.run()
    assert f"training: the {what} of task 'emd' is " in str(error.value) and "\n" not in str(error.value)
    assert all(weight.isfinite().all() for weight in loop.model.parameters())


def test_without_a_whole_checkpoint_there_is_one_line(small_corpus, tmp_path):
    config = config_of(small_corpus, num_epochs=2)
    build(config, tmp_path).run()
    for path in (tmp_path / "checkpoints").iterdir():
        path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ConfigurationError, match="none of its 2 checkpoints is whole") as error:
        build(config, tmp_path).run()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("epoch", [0, 1])
def test_an_interrupt_leaves_the_best_weights_archived_and_a_run_to_resume(
    epoch, small_corpus, tmp_path, monkeypatch
):
    config = config_of(small_corpus, num_epochs=2)
    original = HmtlTrainer._run_epoch

    def interrupted(self, log):
        if self.progress.epoch == epoch:
            raise KeyboardInterrupt
        return original(self, log)

    with monkeypatch.context() as patched:
        patched.setattr(HmtlTrainer, "_run_epoch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_model(Params(json.loads(json.dumps(config))), tmp_path / "run")
    archive = tmp_path / "run" / "model.tar.gz"
    assert archive.exists() == (epoch > 0)
    if epoch:
        loaded = load_archive(archive).model
        assert same(weights(loaded), dict(checkpoints.load(tmp_path / "run" / "best.th")))
    train_model(Params(json.loads(json.dumps(config))), tmp_path / "run", recover=True)
    assert archive.exists() and (tmp_path / "run" / "metrics_epoch_1.json").exists()


def test_training_goes_without_validation(small_corpus, tmp_path):
    config = config_of(small_corpus)
    del config["validation_data_path"]
    metrics = build(config, tmp_path).run()
    assert metrics["best_epoch"] == 1 and metrics["best_validation_mean"] is None
    assert same(checkpoints.load(tmp_path / "best.th"), checkpoints.load(newest(tmp_path))["model"])


def test_what_cannot_be_trained_on_is_told_without_validation(small_corpus, tmp_path, caplog):
    config = config_of(small_corpus, num_epochs=1)
    del config["validation_data_path"]
    config["model"]["heads"]["emd"] = {"type": "span_classifier", "layer": "mentions", "max_width": 1}
    build(config, tmp_path).run()
    (message,) = [message for message in caplog.messages if "could not be trained on" in message]
    assert message.startswith("emd: ") and "max_width (1)" in message


def test_every_instance_is_seen_once_a_pass(small_corpus, tmp_path):
    loop, order = build(config_of(small_corpus, num_epochs=6), tmp_path), []
    record_batches(loop, order)
    loop.trainer.validation_loader = None
    loop.trainer.progress.validated = loop.trainer.progress.judges = []
    loop.run()
    for task, size in loop.trainer.plan.sizes.items():
        seen = [number for name, numbers in order if name == task for number in numbers]
        passes, rest = divmod(len(seen), size.instances)
        assert passes >= 3
        for number in range(passes):
            assert sorted(seen[number * size.instances : (number + 1) * size.instances]) == list(
                range(size.instances)
            )
        last = seen[len(seen) - rest :]
        assert len(set(last)) == rest
