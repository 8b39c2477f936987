import pytest
import torch
from allennlp.common.checks import ConfigurationError
from small_run import build, config_of

from hmtl.priors import Successive


@pytest.fixture
def model(small_corpus, tmp_path):
    return build(config_of(small_corpus, "ner emd"), tmp_path).model


def attached(model, **options) -> Successive:
    prior = Successive(**options)
    prior.attach(model)
    return prior


def move(model, by: float) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += by


def test_nothing_at_the_snapshot(model):
    """METHODS: penalty and gradient are 0 there."""
    prior = attached(model)
    prior.before_step("ner")
    penalty = prior.penalty("ner")
    assert penalty.item() == 0
    gradients = torch.autograd.grad(penalty, list(model.parameters()), allow_unused=True)
    assert all(gradient is None or not gradient.any() for gradient in gradients)


def test_the_penalty_is_the_squared_distance_and_its_slope_twice_it(model):
    prior = attached(model, strength=0.5)
    prior.before_step("ner")
    move(model, 0.25)
    shared = [p for part in model.shared_parts().values() for p in part.parameters()]
    assert prior.penalty("ner").item() == pytest.approx(
        0.5 * 0.0625 * sum(p.numel() for p in shared), rel=1e-4
    )
    for gradient in torch.autograd.grad(prior.penalty("ner"), shared):
        assert torch.allclose(gradient, torch.full_like(gradient, 2 * 0.5 * 0.25), rtol=1e-4)


def test_the_snapshot_is_taken_where_another_task_begins(model):
    prior = attached(model)
    for task, expected in (("ner", 0), ("ner", 1), ("emd", 0), ("emd", 1), ("ner", 0)):
        prior.before_step(task)
        assert (prior.penalty(task).item() > 0) == bool(expected), task
        move(model, 0.1)


def test_only_the_named_parts_are_held(model):
    prior = attached(model, strength={"levels.ner": 2.0})
    prior.before_step("ner")
    move(model, 1.0)
    held = list(model.parts()["levels.ner"].parameters())
    assert prior.penalty("ner").item() == pytest.approx(2.0 * sum(p.numel() for p in held), rel=1e-4)


def test_the_state_is_exact(model):
    one, other = attached(model), attached(model)
    one.before_step("ner")
    move(model, 0.3)
    other.load_state_dict(one.state_dict())
    for prior in (one, other):
        prior.before_step("ner")
    assert torch.equal(one.penalty("ner"), other.penalty("ner"))


@pytest.mark.parametrize("options", [{"strength": 0}, {"strength": {"embedder": -1.0}}])
def test_a_strength_out_of_range_gives_one_line(options):
    with pytest.raises(ConfigurationError, match="trainer.prior.strength is .*; give numbers above 0"):
        Successive(**options)


def test_a_part_that_is_not_there_gives_one_line(model):
    with pytest.raises(
        ConfigurationError, match="trainer.prior.strength.levels.x: the model has no such part"
    ):
        attached(model, strength={"levels.x": 1.0})


def test_a_step_moves_only_what_its_task_reaches(small_corpus, tmp_path):
    """The penalty would have Adam move the levels above."""
    trainer = build(
        config_of(small_corpus, "ner emd", prior={"type": "successive", "strength": 10.0}), tmp_path
    ).trainer
    trainer.stepper.prior.attach(trainer.model)
    trainer.model.train()
    states = trainer.progress.states
    for task in ("emd", "ner"):
        trainer.stepper.step(states[task], [0, 1], 0)
    above = [p.clone() for p in trainer.model.parts()["levels.emd"].parameters()]
    trainer.stepper.step(states["ner"], [0, 1], 1)
    assert all(map(torch.equal, above, trainer.model.parts()["levels.emd"].parameters()))


def test_it_keeps_what_was_learned(small_corpus, tmp_path):
    """The stronger, the nearer the lower level stays to where the task before left it."""

    def distance(strength: float) -> float:
        schedule = {"type": "sequential"}
        prior = {"type": "successive", "strength": strength}
        optimizer = {"type": "sgd", "lr": 0.01}
        settings = config_of(
            small_corpus, "ner emd", num_epochs=1, schedule=schedule, prior=prior, optimizer=optimizer
        )
        trainer = build(settings, tmp_path / str(strength)).trainer
        step, kept = trainer.stepper.step, []

        def watching(state, *arguments):
            if state.task == "emd" and not kept:
                kept.extend(p.detach().clone() for p in trainer.model.parts()["levels.ner"].parameters())
            return step(state, *arguments)

        trainer.stepper.step = watching
        trainer.train()
        now = trainer.model.parts()["levels.ner"].parameters()
        return sum((a - b).square().sum().item() for a, b in zip(kept, now, strict=True))

    distances = [distance(strength) for strength in (1e-6, 1.0, 10.0)]
    assert distances[0] > distances[1] > distances[2]
