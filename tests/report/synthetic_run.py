"""Run directories with figures that look like those of training, for as many epochs as a test likes."""

import json
import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

TASKS = ("ner", "emd", "relation", "coref")
AFTER = {"ner": None, "emd": "ner", "relation": "emd", "coref": "emd"}
METRIC = {"ner": "f1", "emd": "f1", "relation": "strict_f1", "coref": "coref_f1"}
BATCHES = {"ner": 34, "emd": 34, "relation": 34, "coref": 53}
HEADS = {"ner": "crf_tagger", "emd": "span_classifier", "relation": "span_pair_relation", "coref": "coref"}
LOSS = {"ner": 12.0, "emd": 55.0, "relation": 90.0, "coref": 410.0}
CEILING = {"ner": 0.86, "emd": 0.7, "relation": 0.37, "coref": 0.56}
STEPS = 100


def write_run(
    directory: Path,
    epochs: int = 15,
    tasks: Collection[str] = TASKS,
    planned: int | None = None,
    forgets: str | None = "ner",
    not_validated: Collection[str] = (),
    not_a_number: tuple[str, int] | None = None,
    ended: bool = True,
    older: bool = False,
) -> Path:
    """Writes a run.

    # Parameters

    planned : epochs at most; default as many. forgets : a task whose score falls after a third of the epochs,
        by the steps of the last task. not_a_number : a task and the epoch in which its validation is NaN.
    ended : whether there is a `metrics.json`. older : without what newer runs also leave.
    """
    directory.mkdir(parents=True, exist_ok=True)
    validated = [task for task in tasks if task not in not_validated]
    run = {
        "tasks": {
            task: {
                "metric": f"{task}/{METRIC.get(task, 'f1')}",
                "higher_is_better": True,
                "validated": task in validated,
                "batches": BATCHES.get(task, 20),
                "instances": 12 * BATCHES.get(task, 20),
            }
            for task in tasks
        },
        "parts": {
            "embedder": 41_250,
            **{f"levels.{task}": 76_000 + 9_000 * i for i, task in enumerate(tasks)},
            **{f"heads.{task}": 1_500 * 4**i for i, task in enumerate(tasks)},
        },
        "num_epochs": planned or epochs,
        "trained_parameters": 474_000,
        "world_size": 1,
    }
    write(directory / "config.json", config_of(tasks, planned or epochs))
    rng = np.random.default_rng(1)
    figures = [epoch_of(epoch, epochs, list(tasks), validated, forgets, rng) for epoch in range(epochs)]
    if not_a_number:
        task, number = not_a_number
        figures[number] |= {
            f"validation_{task}/{name}": math.nan for name in ("loss", METRIC.get(task, "f1"))
        }
    for epoch, values in enumerate(figures):
        if older:
            values.pop("interference", None)
        write(directory / f"metrics_epoch_{epoch}.json", values)
    if not older:
        write(directory / "run.json", run)
        lines = [json.dumps(timing_of(values, rng)) for values in figures]
        (directory / "timings.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if ended:
        write(directory / "metrics.json", final_of(figures, validated))
    return directory


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")


def config_of(tasks: Collection[str], num_epochs: int) -> dict[str, Any]:
    encoder = {"type": "lstm", "bidirectional": True, "hidden_size": 64, "num_layers": 1}
    levels = {task: {"after": AFTER.get(task), "dropout": 0, "encoder": encoder} for task in tasks}
    return {
        "model": {
            "type": "hmtl",
            "backbone": {"type": "hierarchical", "levels": levels, "task_levels": {t: t for t in tasks}},
            "heads": {task: {"type": HEADS.get(task, "crf_tagger")} for task in tasks},
        },
        "train_data_path": dict.fromkeys(tasks, "corpus/train.jsonl"),
        "trainer": {
            "type": "hmtl",
            "num_epochs": num_epochs,
            "patience": 5,
            "schedule": {"type": "uniform", "steps_per_epoch": STEPS},
            "seed": 13370,
        },
    }


def epoch_of(
    epoch: int,
    epochs: int,
    tasks: list[str],
    validated: list[str],
    forgets: str | None,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """What `metrics_epoch_<epoch>.json` says."""
    steps = dict(zip(tasks, rng.multinomial(STEPS, [1 / len(tasks)] * len(tasks)).tolist(), strict=True))
    progress = epoch / max(epochs - 1, 1)
    loss = {t: LOSS.get(t, 30.0) * (0.06 + math.exp(-4 * progress)) * rng.uniform(0.94, 1.06) for t in tasks}
    mean = sum(loss.values()) / len(loss)
    figures: dict[str, Any] = {"epoch": epoch, "step": STEPS * (epoch + 1)}
    for task in (task for task in tasks if steps[task]):
        training = {
            "loss": loss[task],
            "steps": steps[task],
            "words": 210 * steps[task],
            "instances": 12 * steps[task],
            "gradient_norm": loss[task] ** 0.6 * rng.uniform(0.8, 1.2),
            "learning_rate": 0.003 * (1 - progress * 0.98),
            "loss_scale": loss[task] / mean,
        }
        figures |= {f"training_{task}/{name}": value for name, value in training.items()}
    for task in validated:
        lost = 0.3 * max(0.0, progress - 1 / 3) if task == forgets else 0.0
        metric = CEILING.get(task, 0.6) * (1 - math.exp(-5 * progress - 0.3)) - lost + rng.normal(0, 0.006)
        figures[f"validation_{task}/loss"] = loss[task] * 1.4 + LOSS.get(task, 30.0) * (0.1 * progress + lost)
        figures[f"validation_{task}/{METRIC.get(task, 'f1')}"] = max(metric, 0.0)
    figures["interference"] = interference_of(tasks, steps, progress, forgets, rng)
    return figures


def interference_of(
    tasks: list[str], steps: dict[str, int], progress: float, forgets: str | None, rng: np.random.Generator
) -> dict[str, Any]:
    pairs = [(a, b) for i, a in enumerate(tasks) for b in tasks[i + 1 :]]
    shared = {"embedder": tasks, **{f"levels.{task}": [t for t in tasks if reads(t, task)] for task in tasks}}
    cosine = {
        part: {
            f"{a}~{b}": float(np.tanh(rng.normal(0.25 - 0.5 * progress * (forgets in (a, b)), 0.08)))
            for a, b in pairs
            if a in readers and b in readers
        }
        for part, readers in shared.items()
    }
    effect = {
        s: {
            t: float(effect_of(s, t, tasks, forgets, progress) * steps[s] * rng.uniform(0.7, 1.3))
            for t in tasks
        }
        for s in tasks
        if steps[s]
    }
    samples = {task: -(-steps[task] // 5) for task in tasks if steps[task]}
    return {"samples": samples, "cosine": {p: v for p, v in cosine.items() if v}, "effect": effect}


def reads(task: str | None, level: str) -> bool:
    return task is not None and (task == level or reads(AFTER.get(task), level))


def effect_of(source: str, target: str, tasks: list[str], forgets: str | None, progress: float) -> float:
    """Of one step: a task's own lower its loss, the last task's raise that of the one that forgets."""
    size = LOSS.get(target, 30.0) * 0.001
    if source == target:
        return -size
    return size * 0.6 * progress if target == forgets and source == tasks[-1] else -size * 0.1


def timing_of(figures: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    words = {key[9:-6]: value for key, value in figures.items() if key.endswith("/words")}
    pace = {task: 900 + 2600 / (1 + index) for index, task in enumerate(words)}
    seconds = {task: words[task] / pace[task] * rng.uniform(0.9, 1.1) for task in words}
    return {
        "epoch": figures["epoch"],
        "from_step": figures["step"] - STEPS,
        "to_step": figures["step"],
        "seconds": seconds,
        "training_seconds": sum(seconds.values()) * 1.08,
        "validation_seconds": 2.4 * rng.uniform(0.9, 1.1),
        "words": words,
    }


def final_of(figures: list[dict[str, Any]], validated: list[str]) -> dict[str, Any]:
    final: dict[str, Any] = {"epochs": len(figures), "steps": STEPS * len(figures)}
    for task in validated:
        key = f"validation_{task}/{METRIC.get(task, 'f1')}"
        values = [values[key] for values in figures]
        best = max(range(len(values)), key=lambda i: -math.inf if math.isnan(values[i]) else values[i])
        final |= {f"{task}/best_epoch": best, f"{task}/best_{METRIC.get(task, 'f1')}": values[best]}
        final[f"test_{task}/{METRIC.get(task, 'f1')}"] = values[best] * 0.97
    return final
