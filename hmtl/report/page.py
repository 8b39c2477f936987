"""The report as one HTML page that asks nothing of the network."""

import base64
import hashlib
import json
from typing import Any

from allennlp.common.checks import ConfigurationError
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hmtl.report import charts, plot, tables
from hmtl.report.best import joint_best, task_bests
from hmtl.report.heat import BOUNDS, cosine_strips, effects, mean_cosines
from hmtl.report.hierarchy import hierarchy
from hmtl.report.mix import mix
from hmtl.report.run import Run
from hmtl.report.spent import spent
from hmtl.report.verdict import all_forgetting, verdict
from hmtl.report.wording import Units, count, seconds


def page(run: Run) -> str:
    """The whole page. Names and values come from files that may be hostile: the templates escape them all,
    and the page forbids itself scripts and everything from outside.

    Raises `ConfigurationError` for a config that is nested too deeply to be written.
    """
    environment = Environment(
        loader=PackageLoader("hmtl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figures": count, "seconds": seconds}
    style = environment.loader.get_source(environment, "page.css")[0]
    try:
        return environment.get_template("page.html").render(
            # our own file, and no value of anybody else's goes into it
            style=Markup(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            **_content(run),
        )
    except RecursionError as error:
        raise ConfigurationError(
            f"{run.name}/config.json: is nested too deeply; give the directory of a run"
        ) from error


def _content(run: Run) -> dict[str, Any]:
    units, steps, time = Units(run), mix(run), spent(run)
    bests, forgotten = task_bests(run), all_forgetting(run)
    return {
        "run": run,
        "verdict": verdict(run),
        "tiles": _tiles(run, time.total if time else None, units),
        "root": hierarchy(run),
        "numbers": {task: number for number, task in enumerate(run.tasks)},
        "frame": plot,
        "sizes": tables.sizes(run),
        "best": tables.best(run, units, bests),
        "joint": joint_best(run),
        "tests": tables.tests(run),
        "task_plots": charts.task_plots(run, units),
        "joint_plot": charts.joint_plot(run, units),
        "forgotten": tables.forgotten(units, forgotten),
        "forgetting_plot": charts.forgetting_plot(run, units, forgotten),
        "sampled": any(epoch.interference for epoch in run.epochs),
        "effects": effects(run),
        "mix": steps,
        "shares": tables.shares(run, steps),
        "mix_plots": charts.mix_plots(run, steps),
        "scale_plots": charts.scale_plots(run),
        "cosines": mean_cosines(run),
        "strips": cosine_strips(run),
        "bounds": BOUNDS,
        "time": time,
        "times": tables.times(run, time) if time else [],
        "time_plot": charts.time_plot(run, time) if time else None,
        "config": json.dumps(run.config, indent=2, ensure_ascii=False),
    }


def _tiles(run: Run, total: float | None, units: Units) -> list[tuple[str, str]]:
    """The figures that one asks for first."""
    best = joint_best(run)
    tiles = {
        "joint best": None if best is None else f"epoch {best}",
        "mean there": None if best is None else units.write(None, run.joint()[best]),
        "epochs": f"{count(len(run.epochs))}{f' of {count(run.num_epochs)}' * bool(run.num_epochs)}",
        "steps": count(sum(map(run.total_steps, run.tasks))),
        "parameters": None if run.trained_parameters is None else count(run.trained_parameters),
        "time": None if total is None else seconds(total),
        "processes": count(run.world_size) if run.world_size > 1 else None,
    }
    return [(name, value) for name, value in tiles.items() if value is not None]
