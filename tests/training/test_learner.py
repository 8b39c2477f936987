import pytest
import torch
from allennlp.common import Params
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer
from hypothesis import given
from hypothesis import strategies as st
from small_run import same

from hmtl.training import checkpoints
from hmtl.training.learner import Clipping, Learner

SCHEDULES = {
    "reduce_on_plateau": {"mode": "max", "factor": 0.5, "patience": 0},
    "exponential": {"gamma": 0.9},
    "step": {"step_size": 2},
    "noam": {"model_size": 4, "warmup_steps": 3},
    "linear_with_warmup": {"warmup_steps": 3},
    "polynomial_decay": {"power": 2.0},
    "cosine": {"t_initial": 3},
    "constant_with_warmup": {"num_warmup_steps": 3},
}


def learner(
    schedule: dict | None = None, optimizer: str = "adam", **options
) -> tuple[Learner, torch.nn.ParameterDict]:
    torch.manual_seed(7)
    weights = torch.nn.ParameterDict({name: torch.nn.Parameter(torch.randn(3)) for name in ("used", "idle")})
    built = Optimizer.from_params(
        Params({"type": optimizer, "lr": 0.1, **options}), model_parameters=list(weights.named_parameters())
    )
    scheduler = schedule and LearningRateScheduler.from_params(
        Params(dict(schedule)), optimizer=built, num_epochs=4, num_steps_per_epoch=2
    )
    return Learner(built, scheduler or None), weights


def step(one: Learner, weights: torch.nn.ParameterDict) -> float:
    """One step on the parameter in use; returns the learning rate after it."""
    weights.used.grad = torch.cos(weights.used.detach())
    one.step()
    return one.learning_rate


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_a_parameter_without_gradient_is_not_touched_by_weight_decay(optimizer):
    one, weights = learner(optimizer=optimizer, weight_decay=0.5)
    idle, used = weights.idle.detach().clone(), weights.used.detach().clone()
    step(one, weights)
    assert torch.equal(weights.idle, idle)
    assert not torch.equal(weights.used, used)
    assert weights.idle not in one.optimizer.state


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_learner_read_from_disk_goes_on_as_if_never_stopped(name, tmp_path):
    schedule = {"type": name, **SCHEDULES[name]}
    straight, weights = learner(schedule)
    for metric in (0.5, 0.4):
        step(straight, weights)
        step(straight, weights)
        straight.end_epoch(metric)
    checkpoints.save({"learner": straight.state_dict(), "weights": weights.state_dict()}, tmp_path / "a.th")

    resumed, other = learner(schedule)
    state = checkpoints.load(tmp_path / "a.th")
    other.load_state_dict(state["weights"])
    resumed.load_state_dict(state["learner"])
    for metric in (0.3, 0.6):
        rates = [(step(straight, weights), step(resumed, other)) for _ in range(2)]
        assert all(one == two for one, two in rates)
        straight.end_epoch(metric)
        resumed.end_epoch(metric)
    assert straight.learning_rate == resumed.learning_rate
    assert same(dict(weights.state_dict()), dict(other.state_dict()))


def test_a_schedule_by_steps_counts_the_learners_own():
    one, weights = learner({"type": "linear_with_warmup", "warmup_steps": 4})
    rates = [step(one, weights) for _ in range(4)]
    # a line through the origin that reaches the full rate after four steps
    assert rates == pytest.approx([0.025, 0.05, 0.075, 0.1])


def test_a_plateau_waits_for_a_metric():
    one, weights = learner({"type": "reduce_on_plateau", "mode": "max", "factor": 0.5, "patience": 0})
    step(one, weights)
    for metric in (None, None, 0.5, None):
        one.end_epoch(metric)
    assert one.learning_rate == 0.1
    one.end_epoch(0.4)
    assert one.learning_rate == 0.05


@pytest.mark.parametrize("least", [0.03, 0.0249999999])
def test_at_minimum_once_a_plateau_can_lower_no_further(least):
    """The second minimum is closer to the last rate than torch's schedule moves (its eps), so it is never
    reached."""
    one, weights = learner(
        {"type": "reduce_on_plateau", "mode": "max", "factor": 0.5, "patience": 0, "min_lr": least}
    )
    step(one, weights)
    one.end_epoch(0.5)
    lowered = []
    while not one.at_minimum:
        before = one.learning_rate
        one.end_epoch(0.1)
        lowered.append(before > one.learning_rate)
    assert lowered == [True, True]
    before = one.learning_rate
    one.end_epoch(0.1)
    assert one.learning_rate == before


def test_without_a_plateau_there_is_no_minimum():
    assert not learner()[0].at_minimum
    assert not learner({"type": "exponential", "gamma": 0.1})[0].at_minimum


def test_clipping_leaves_the_norm_asked_for():
    weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(3)]
    weights[0].grad, weights[1].grad = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 4.0])
    clipping = Clipping(norm=1.0)
    assert clipping.length(weights).item() == pytest.approx(5.0)
    assert clipping.clip(weights, 5.0) == 5.0
    assert torch.cat([weights[0].grad, weights[1].grad]).tolist() == pytest.approx([0.6, 0, 0, 0.8], abs=1e-5)
    assert weights[2].grad is None


@pytest.mark.parametrize("large", [30.0, torch.inf])
def test_elements_are_clipped_before_the_norm(large):
    weights = [torch.nn.Parameter(torch.zeros(2))]
    weights[0].grad = torch.tensor([large, -4.0])
    clipping = Clipping(100.0, 3.0)
    assert clipping.clip(weights, clipping.length(weights).item()) == pytest.approx(18**0.5)
    assert weights[0].grad.tolist() == [3.0, -3.0]
    assert Clipping().clip(weights, 18**0.5) == 18**0.5


def test_the_norm_of_no_gradient_is_0():
    assert Clipping().length([torch.nn.Parameter(torch.zeros(2))]).item() == 0.0


@given(
    st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=6), st.floats(0.1, 100), st.floats(0.1, 100)
)
def test_clipping_is_torchs(values, norm, value):
    ours, theirs = (torch.nn.Parameter(torch.zeros(len(values))) for _ in range(2))
    ours.grad, theirs.grad = torch.tensor(values), torch.tensor(values)
    clipping = Clipping(norm, value)
    clipping.clip([ours], clipping.length([ours]).item())
    torch.nn.utils.clip_grad_value_([theirs], value)
    torch.nn.utils.clip_grad_norm_([theirs], norm)
    assert torch.allclose(ours.grad, theirs.grad, rtol=1e-4)
