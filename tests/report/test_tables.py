from hmtl.report import tables
from hmtl.report.best import task_bests
from hmtl.report.mix import mix
from hmtl.report.run import Epoch, Run, Task
from hmtl.report.spent import spent
from hmtl.report.verdict import all_forgetting
from hmtl.report.wording import Units


def test_sizes_of_what_is_known() -> None:
    config = {"model": {"heads": {"a": {"type": "crf_tagger"}, "b": 3}}}
    tasks = {"a": Task("a", "f1", True, True, 34, 4080), "b": Task("b", "loss", False)}
    epochs = [Epoch(0, {"validation_a/f1": 0.5})]
    assert tables.sizes(Run("run", tasks, epochs, config, parts={"heads.a": 1500})) == [
        ["a", "crf_tagger", "4,080", "34", "1,500", "f1 ↑"],
        ["b", "–", "–", "–", "–", "not validated"],
    ]
    assert tables.sizes(Run("run", tasks, epochs, {"model": []}))[0][1] == "–"


def test_best_and_forgotten_by_hand(run_of) -> None:
    run = run_of({"a": [0.5, 0.8, 0.6], "b": [0.1, 0.2, 0.5]}, final={"test_a/f1": 0.55})
    units = Units(run)
    assert tables.best(run, units, task_bests(run)) == [
        ["a", "f1", "80.0", "1", "60.0", "20.0", "55.0"],
        ["b", "f1", "50.0", "2", "50.0", "0.0", "–"],
    ]
    (a, b) = tables.forgotten(units, all_forgetting(run))
    assert a[:5] == ["a", "20.0", "epoch 1 → 2", "20.0", "epoch 1 → 2"] and "unknown" in a[5]
    assert b == ["b", "0.0", "–", "0.0", "–", "–"]


def test_shares_add_up(written) -> None:
    run = written(epochs=6)
    steps, time = mix(run), spent(run)
    shares = tables.shares(run, steps)
    assert sum(int(row[1]) for row in shares) == 600
    assert [row[3:5] for row in shares] == [["25.0 %", "150"]] * 4
    assert abs(sum(float(row[2].split()[0]) for row in shares) - 100) < 0.3
    assert abs(sum(float(row[2].split()[0]) for row in tables.times(run, time)) - 100) < 0.3


def test_every_test_score(run_of) -> None:
    run = run_of({"a": [0.5], "b": [0.5]}, final={"test_b/f1": 0.25, "test_a/x": 30.0, "test_loss": 1.0})
    assert tables.tests(run) == [["a", "x", "30.0"], ["b", "f1", "0.2500"]]
