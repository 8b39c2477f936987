from dataclasses import replace

import pytest

from hmtl.report.run import Epoch, Run, Stretch, Task
from hmtl.report.spent import spent

STRETCHES = [
    Stretch(0, {"a": 1.0}, {"a": 100.0}, 1.5, 0.0),  # was stopped
    Stretch(0, {"a": 2.0, "b": 3.0}, {"a": 230.0, "b": 30.0}, 5.5, 2.0),
    Stretch(1, {"b": 4.0}, {"b": 40.0}, 4.0, 1.0),
]


def test_sums_over_the_stretches() -> None:
    epochs = [Epoch(0, {"training_a/steps": 6, "training_b/steps": 2}), Epoch(1, {"training_b/steps": 5})]
    run = Run("run", {"a": Task("a"), "b": Task("b"), "c": Task("c")}, epochs, stretches=STRETCHES)
    time = spent(run)
    assert (time.training, time.validation, time.total) == ({0: 7.0, 1: 4.0}, {0: 2.0, 1: 1.0}, 14.0)
    a, b, c = time.tasks.values()
    assert (a.seconds, a.words_per_second, a.per_step) == (3.0, pytest.approx(110), 0.5)
    assert (b.seconds, b.share, b.words_per_second) == (7.0, 0.7, 10)
    assert (c.seconds, c.share, c.words_per_second, c.per_step) == (0, 0, None, None)
    assert spent(replace(run, stretches=())) is None
