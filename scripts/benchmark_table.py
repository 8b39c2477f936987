"""The figures of `benchmark.py` as Markdown."""

from typing import Any

ORIGINAL_MS = {"ner step": 93, "emd step": 146, "relation step": 96, "coref step": 1602, "one sentence": 16.4}
"""The original HMTL on the same work: PyTorch 1.0, one core in effect, ± 25 %. A thousand sentences took it a
thousand times as long as one."""
SENTENCES = 1000


def table(figures: dict[str, Any]) -> str:
    """A table for each section."""
    threads = figures["threads"]
    lines = [f"{figures['machine']}, {threads} thread{'s' * (threads > 1)}"]
    for section, results in figures["results"].items():
        columns, row = _SECTIONS[section]
        lines += ["", f"| {' | '.join(columns)} |", "|---" + "|---:" * (len(columns) - 1) + "|"]
        lines += [f"| {' | '.join(row(result, results))} |" for result in results]
    return "\n".join(lines)


def _against_floor(result: dict[str, Any], results: list[dict[str, Any]]) -> list[str]:
    name, seconds, floor = result["name"], result["seconds"], result["floor_seconds"]
    original = ORIGINAL_MS.get(name)
    if name == "1,000 sentences":
        original = ORIGINAL_MS["one sentence"] * SENTENCES
    times = f"{original / 1000 / seconds:.1f}" if original else ""
    return [
        name,
        _ms(seconds),
        _ms(floor),
        _ms(result["convolution_seconds"]),
        f"{seconds / floor:.2f}",
        times,
        f"{result['words'] / seconds:,.0f}",
    ]


def _length(result: dict[str, Any], results: list[dict[str, Any]]) -> list[str]:
    per_word = [1e6 * each["seconds"] / each["words"] for each in (result, results[0])]
    own = result["peak_mb"] - result["loaded_mb"]
    seconds, peak = f"{result['seconds']:.2f} s", f"{result['peak_mb']} MB"
    growth = f"{per_word[0] / per_word[1]:.2f}"
    return [
        result["name"],
        seconds,
        f"{per_word[0]:.0f} µs",
        growth,
        peak,
        f"{1024 * own / result['words']:.1f} KB",
    ]


def _start(result: dict[str, Any], results: list[dict[str, Any]]) -> list[str]:
    return [
        result["name"],
        f"{result['seconds']:.2f} s",
        f"{result['seconds'] / result['floor_seconds']:.2f}",
    ]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.1f} ms"


_WORK = ("work", "time", "floor", "of it convolution", "ratio", "× the original", "words/s")
_SECTIONS = {
    "steps": (_WORK, _against_floor),
    "predictions": (_WORK, _against_floor),
    "lengths": (("a document of", "time", "a word", "to the first", "peak memory", "of it a word"), _length),
    "starts": (("command", "time", "× import torch"), _start),
}
