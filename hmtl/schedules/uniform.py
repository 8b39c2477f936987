"""Every task drawn alike."""

from collections.abc import Mapping

from hmtl.data_loader import TaskSize
from hmtl.schedules.schedule import Schedule


@Schedule.register("uniform")
class Uniform(Schedule):
    """p_t = 1 / T."""

    def weights(self, epoch: int, sizes: Mapping[str, TaskSize]) -> dict[str, float]:
        return dict.fromkeys(sizes, 1.0)
