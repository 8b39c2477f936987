import math

from hypothesis import given
from hypothesis import strategies as st

from hmtl.report.best import joint_best, task_bests, waited

NUMBER = st.floats(0, 1) | st.just(math.nan)
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=8)


def test_by_hand(run_of) -> None:
    run = run_of({"a": [0.5, 0.8, 0.6], "b": [0.1, 0.2, 0.5]}, final={"test_a/f1": 0.55, "test_a/loss": 9.0})
    assert joint_best(run) == 2
    a, b = task_bests(run).values()
    assert (a.epoch, a.value, a.joint_value, a.test) == (1, 0.8, 0.6, 0.55)
    assert math.isclose(a.lost, 0.2) and b.lost == 0 and b.test is None


def test_lower_may_be_better(run_of) -> None:
    run = run_of({"a": [5.0, 3.0, 4.0], "b": [0.0, 0.0, 9.0]}, lower=("a",))
    assert joint_best(run) == 2
    best = task_bests(run)["a"]
    assert (best.epoch, best.value, best.joint_value, best.lost) == (1, 3.0, 4.0, 1.0)


def test_without_validation_nothing_is_best(run_of) -> None:
    run = run_of({"a": []} | {"b": [math.nan]})
    assert joint_best(run) is None
    assert {best.epoch for best in task_bests(run).values()} == {None}


@given(PAIRS)
def test_the_first_epoch_that_no_other_beats(pairs) -> None:
    def check(number: int | None, scores: list[float]) -> None:
        numbers = [score for score in scores if not math.isnan(score)]
        assert (number is None) == (not numbers)
        if number is not None:
            assert scores[number] == max(numbers) and scores[number] not in scores[:number]

    from hmtl.report.run import Epoch, Run, Task

    names = ("validation_a/f1", "validation_b/f1")
    epochs = [Epoch(i, dict(zip(names, pair, strict=True))) for i, pair in enumerate(pairs)]
    run = Run("run", {"a": Task("a", "f1"), "b": Task("b", "f1")}, epochs)
    check(joint_best(run), [sum(pair) / 2 for pair in pairs])
    for index, best in enumerate(task_bests(run).values()):
        check(best.epoch, [pair[index] for pair in pairs])
        assert best.lost is None or math.isnan(best.lost) or best.lost >= 0


def test_waited() -> None:
    assert waited({0: 1.0, 1: 3.0, 2: 3.0, 3: math.nan}) == 2
    assert waited({0: math.nan}) is None
