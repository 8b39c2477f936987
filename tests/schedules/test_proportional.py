"""Tasks drawn in proportion to their data."""

from allennlp.common import Params

from hmtl.data_loader import TaskSize
from hmtl.schedules import Proportional, Schedule


def test_by_batches(sizes: dict[str, TaskSize]) -> None:
    assert Proportional().weights(0, sizes) == {"ner": 20, "emd": 5, "coref": 75}


def test_by_instances(sizes: dict[str, TaskSize]) -> None:
    schedule = Schedule.from_params(Params({"type": "proportional", "by": "instances"}))
    assert schedule.weights(4, sizes) == {"ner": 600, "emd": 150, "coref": 75}
