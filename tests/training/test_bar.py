import functools
import os
import re
from collections.abc import Sequence

import pytest
from allennlp.common.tqdm import Tqdm

from hmtl.training import bar
from hmtl.training.bar import EpochBar
from hmtl.training.figures import StepFigures

SECONDS = {"ner": 1.0, "emd": 2.0, "coref": 20.0}


@pytest.fixture(autouse=True)
def always_drawn(monkeypatch):
    """After every step, however fast they follow one another."""
    monkeypatch.setattr(bar.Tqdm, "tqdm", functools.partial(Tqdm.tqdm, mininterval=0))


def step(task: str, words: int = 100) -> StepFigures:
    return StepFigures(task, 1.0, 1.0, 0.1, words, 1, SECONDS[task])


def frames(text: str) -> list[str]:
    """What was drawn, one line after another over the same line of the terminal."""
    return [frame for frame in re.split(r"[\r\n]+", text) if frame.strip()]


def run(drawn: Sequence[str], done: int = 0, losses: dict[str, float] | None = None) -> None:
    shown = EpochBar(3, drawn, done, visible=True)
    for task in drawn[done:]:
        shown.step(step(task), losses or {})
    shown.close()


def test_the_time_left_is_that_of_the_tasks_still_to_come():
    drawn = ["ner", "emd", "ner", "coref", "ner", "coref", "emd"]
    shown = EpochBar(0, drawn, 0, visible=False)
    left = [shown.seconds_left()]
    for task in drawn:
        shown.step(step(task), {})
        left.append(shown.seconds_left())
    # until a task had its first step, nobody knows what its steps cost
    assert left == [
        (0, False),
        (2, False),
        (4, False),
        (3, False),
        (23, True),
        (22, True),
        (2, True),
        (0, True),
    ]


def test_a_resumed_epoch_has_only_its_own_steps_left():
    shown = EpochBar(0, ["ner", "coref", "coref", "ner", "ner"], 2, visible=False)
    shown.step(step("coref"), {})
    assert shown.seconds_left() == (0, False)
    shown.step(step("ner"), {})
    assert shown.seconds_left() == (1, True)
    assert shown.seconds == {"coref": 20, "ner": 1}


def test_a_bar_says_where_it_is_and_marks_the_task_under_way(capsys):
    run(["ner", "coref", "ner"], losses={"ner": 0.01234, "coref": 1234.5})
    lines = frames(capsys.readouterr().err)
    assert "0/3" in lines[0]
    assert "▸ner -" in next(line for line in lines if "▸" in line)
    second = next(line for line in lines if "1/3" in line)
    assert second.startswith("epoch 3:  33%|")
    assert ">00:01 left" in second
    assert "▸coref 1234" in second
    assert " ner 0.0123" in second
    assert "100 words/s" in second
    assert "00:01 left" in next(line for line in lines if "2/3" in line)
    assert "▸" not in lines[-1]
    assert re.search(r"100%\|.*3/3, took \d\d:\d\d,", lines[-1])


@pytest.mark.parametrize("columns", [20, 60, 100, 200])
def test_a_line_fits_the_terminal(columns, capsys, monkeypatch):
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((columns, 24)))
    monkeypatch.setattr("sys.stderr.fileno", lambda: 2, raising=False)
    run(["ner", "emd", "coref"] * 40, losses={"ner": 1.234567, "emd": 123456.0, "coref": 1e-7})
    lines = frames(capsys.readouterr().err)
    assert len(lines) > 100
    assert max(map(len, lines)) <= columns


def test_four_tasks_fit_a_hundred_columns_whole(capsys, monkeypatch):
    monkeypatch.setattr(bar, "_terminal_width", lambda: 100)
    SECONDS["relation"] = 3.0
    tasks = ["ner", "emd", "relation", "coref"]
    run(tasks * 100, losses={"ner": 3.21, "emd": 12.3, "relation": 0.123, "coref": 1234.0})
    assert all("words/s" in line for line in frames(capsys.readouterr().err) if " left," in line)


def test_an_invisible_bar_shows_nothing(capsys):
    shown = EpochBar(0, ["ner"], 0, visible=False)
    shown.step(step("ner"), {})
    shown.close()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.00123456, "0.00123"), (-1.23456, "-1.23"), (999.4, "999"), (1234.5, "1234")]
    + [(12345.0, "12.3k"), (float("nan"), "nan")],
)
def test_numbers_are_short(value, text):
    assert bar._short(value) == text
