"""Every task in turn."""

from itertools import cycle, islice

import pytest
from plans import SIZES, build, plan_of


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 30])
def test_the_order_goes_on_across_epochs(steps: int) -> None:
    schedule = build("round_robin", steps_per_epoch=steps)
    run = [task for epoch in range(10) for task in schedule.draw(epoch, plan_of())]
    assert run == list(islice(cycle(SIZES), 10 * steps))
