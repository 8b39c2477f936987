import math
from dataclasses import replace

import pytest

from hmtl.report.forgetting import Cause, Drop
from hmtl.report.run import Interference
from hmtl.report.verdict import blame, how_it_ended, verdict

DROP = Drop(5, 2, 0.2, (Cause("coref", 1.5, 17), Cause("ner", -3.0, 8)), 3, 3)


def test_of_a_whole_run(written) -> None:
    text = " ".join(verdict(written(forgets="emd")))
    assert "4 tasks (ner, emd, relation and coref) trained together for 15 epochs, 1,500 steps." in text
    assert "It ran all its epochs." in text and "On the test data: ner " in text
    assert "Of emd: by the estimate, its training loss was raised by the steps of coref (+" in text


def test_of_one_epoch_of_one_task(written) -> None:
    lines = verdict(written(tasks=("ner",), epochs=1, planned=3, ended=False))
    assert lines[0] == "One task (ner) trained for 1 epoch, 100 steps."
    assert lines[1].endswith("there is no metrics.json. Finished: 1 epoch of 3.")
    assert lines[2].startswith("It did best in epoch 0 (mean metric: ") and "best.th has" in lines[2]
    assert len(lines) == 3


def test_who_stopped_and_why(run_of) -> None:
    run = run_of(
        {"a": [0.9, 0.1, 0.1, 0.1], "b": [0.1, 0.2, 0.9, 0.3], "c": [math.nan] * 4},
        final={},
        num_epochs=9,
        config={"trainer": {"patience": 3, "tasks": {"b": {"patience": 1}}}},
    )
    assert how_it_ended(run) == (
        "It stopped early, after epoch 3 of at most 9 epochs: every validated task had voted to: "
        "a (no better for 3 epochs), b (no better for 1 epoch) and c (its metric never was a number)."
    )
    lazy = replace(run, config={"trainer": {"patience": 4}})
    assert "a (its learning rate could fall no further)" in how_it_ended(lazy)
    assert how_it_ended(replace(run, num_epochs=4)) == "It ran all its epochs."


@pytest.mark.parametrize(
    ("drop", "text"),
    [
        (DROP, "by the estimate, its training loss was raised by the steps of coref (+1.50, 17 samples)"),
        (replace(DROP, sampled=1), "by the estimate, known of 1 of 3 epochs, its training loss was raised"),
        (
            replace(DROP, causes=(Cause("ner", 2.0, 1), Cause("emd", 1.0, 30))),
            "ner (+2.00, 1 sample) and emd (+1.00, 30 samples); so few samples say little",
        ),
        (replace(DROP, causes=DROP.causes[1:]), "rather overfitting or chance than interference"),
        (replace(DROP, causes=()), "whose steps did it is unknown"),
    ],
)
def test_blame(drop, text) -> None:
    assert text in blame(drop)


def test_what_was_not_forgotten_and_what_went_wrong(run_of) -> None:
    run = run_of({"a": [0.1, 0.2], "b": []}, {1: Interference()})
    broken = replace(run.epochs[1], figures=run.epochs[1].figures | {"training_b/loss": math.nan})
    lines = verdict(replace(run, epochs=[run.epochs[0], broken]))
    assert "Nothing was forgotten: every task ended at its best." in lines
    assert {"a was never drawn.", "b was not validated."} <= set(lines)
    assert "The training loss of b is not a number in epoch 1." in lines


def test_no_epoch_is_the_best(run_of) -> None:
    assert "No epoch is the best: its metrics never were all numbers." in verdict(run_of({"a": [math.nan]}))
    run = run_of({"a": [0.5]})
    alone = {"a": replace(run.tasks["a"], validated=False)}
    assert "No epoch is the best: no task was validated." in verdict(replace(run, tasks=alone))
