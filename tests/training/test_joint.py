import math

from hmtl.training.joint import JointBest
from hmtl.training.task_state import ValidationMetric


def judges() -> list[ValidationMetric]:
    return [ValidationMetric.of("a", "+f1"), ValidationMetric.of("b", "-loss")]


def test_the_mean_with_lower_is_better_negated():
    joint = JointBest()
    pairs = [(0.5, 0.9), (0.4, 0.9), (0.6, 0.9), (0.4, 0.6), (0.8, 1.0)]
    validation = [{"a/f1": f1, "b/loss": loss} for f1, loss in pairs]
    best = [joint.record(epoch, judges(), metrics) for epoch, metrics in enumerate(validation)]
    means = [(f1 - loss) / 2 for f1, loss in pairs]
    assert best == [mean > max(means[:epoch], default=-math.inf) for epoch, mean in enumerate(means)]
    assert joint.metrics["best_epoch"] == means.index(max(means)) == 3
    assert joint.metrics["best_validation_mean"] == max(means)
    assert joint.metrics["best_validation_a/f1"] == 0.4


def test_without_validation_the_latest_is_best():
    joint = JointBest()
    assert all(joint.record(epoch, [], {}) for epoch in range(3))
    assert joint.metrics == {"best_epoch": 2, "best_validation_mean": None}


def test_no_number_is_never_better():
    joint = JointBest()
    losses = (math.nan, 0.5, math.nan, 0.4)
    best = [joint.record(n, judges(), {"a/f1": 0.0, "b/loss": loss}) for n, loss in enumerate(losses)]
    assert best == [True, True, False, True]


def test_state_round_trip():
    one, other = JointBest(), JointBest()
    one.record(0, judges(), {"a/f1": 0.5, "b/loss": 0.1})
    other.load_state_dict(one.state_dict())
    assert other.metrics == one.metrics
    assert not other.record(1, judges(), {"a/f1": 0.5, "b/loss": 0.1})
