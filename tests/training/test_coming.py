"""Which batches the steps to come will take."""

from collections import Counter
from itertools import islice
from types import SimpleNamespace

from hmtl.training.coming import coming

SIZES = {"ner": 3, "coref": 1}


class Loader:
    """A batch says which it is."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def batches(self, task: str, pass_number: int) -> list[list[int]]:
        self.asked.append((task, pass_number))
        return [[pass_number, batch] for batch in range(SIZES[task])]


def state(steps: int, task: str) -> SimpleNamespace:
    return SimpleNamespace(pass_number=steps // SIZES[task], batch=steps % SIZES[task])


def test_every_step_takes_the_next_batch_of_its_task_wherever_the_run_begins() -> None:
    drawn = ["ner", "coref", "ner", "ner", "coref", "ner", "ner", "coref", "ner"]
    for begun in range(len(drawn)):
        done = Counter(drawn[:begun])
        states = {task: state(done[task], task) for task in SIZES}
        for batch, task in zip(
            coming(Loader(), drawn[begun:], states, lambda numbers: [numbers]), drawn[begun:], strict=True
        ):
            place = state(done[task], task)
            assert batch == (task, [place.pass_number, place.batch], [batch.numbers], SIZES[task])
            done[task] += 1


def test_a_pass_is_dealt_when_its_first_batch_is_wanted() -> None:
    loader, states = Loader(), {task: state(0, task) for task in SIZES}
    batches = coming(loader, ["ner"] * 9, states, lambda numbers: [numbers])
    list(islice(batches, 3))
    assert loader.asked == [("ner", 0), ("coref", 0)]
    next(batches)
    assert loader.asked[2:] == [("ner", 1)]
