import math

import pytest

from hmtl.report.wording import Units, count, figure, listed, percent, seconds, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (0.012345, "0.0123"),
        (-12.345, "-12.3"),
        (1234.5, "1,234"),
        (0.00001, "1e-05"),
        (3e9, "3e+09"),
        (math.nan, "not a number"),
        (-math.inf, "-inf"),
    ],
)
def test_figure(value, text) -> None:
    assert figure(value) == text


def test_counts_shares_and_times() -> None:
    assert [count(x) for x in (None, math.nan, 0, 12345)] == ["–", "–", "0", "12,345"]
    assert [percent(x) for x in (None, 0.0, 0.1234)] == ["–", "0.0 %", "12.3 %"]
    assert [signed(x) for x in (0.0, 1.5, -1.5)] == ["+0", "+1.50", "−1.50"]
    times = {None: "–", 0.0123: "0.0123 s", 59: "59.0 s", 61: "1 min 1 s", 3600 * 30 + 59: "30 h 0 min"}
    assert [seconds(x) for x in times] == list(times.values())


def test_lists() -> None:
    assert [listed(words.split()) for words in ("", "a", "a b", "a b c")] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_fractions_are_written_in_points(run_of) -> None:
    units = Units(run_of({"a": [0.5, math.nan], "b": [3.0, 0.2], "c": [0.1, 0.2]}, lower=("c",)))
    assert [units.write(task, 0.1234) for task in "abc"] == ["12.3", "0.123", "0.123"]
    assert units.factor(None) == 1 and units.write("a", math.nan) == "not a number"
    assert Units(run_of({"a": [0.5], "d": [0.0]})).factor(None) == 100
