"""Every task drawn alike."""

from hmtl.data_loader import TaskSize
from hmtl.schedules import Uniform


def test_data_do_not_count(sizes: dict[str, TaskSize]) -> None:
    assert len(set(Uniform().weights(0, sizes).values())) == 1
    assert list(Uniform().weights(0, sizes)) == list(sizes)
